import { readFileSync } from 'node:fs';
import { problemOf } from '../../../libs/platform/problem/problem-filter.js';
import type { Rehearsing } from './rehearsals.js';

/** A server-sent event; JSON on one line needs no escaping. */
const sse = (event: string, data: string): string => `event: ${event}\ndata: ${data}\n\n`;

/** Progress as it comes, then the result or the problem: one stream to its end. */
export async function* told(rehearsing: Rehearsing, file: string): AsyncGenerator<string> {
  const { id, done } = rehearsing;
  let ended = false;
  const end = done.then(
    () => void (ended = true),
    () => void (ended = true),
  );
  while (!ended) {
    yield sse('progress', JSON.stringify({ id, ...rehearsing.progress }));
    await Promise.race([rehearsing.further, end]);
  }
  try {
    await done;
    yield sse('result', readFileSync(file, 'utf8'));
  } catch (error) {
    yield sse('problem', JSON.stringify(problemOf(error).body));
  }
}
