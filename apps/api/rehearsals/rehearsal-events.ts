import { readFileSync } from 'node:fs';
import { sentEvent } from '../../../libs/platform/event-stream/send-events.js';
import { problemOf } from '../../../libs/platform/problem/problem-filter.js';
import type { Rehearsing } from './rehearsals.js';

/** Progress as it is made, then the result or the problem. */
export async function* rehearsalEvents(rehearsing: Rehearsing, file: string): AsyncGenerator<string> {
  const { id, done } = rehearsing;
  const ended = done.then(
    () => true,
    () => true,
  );
  do yield sentEvent({ event: 'progress', data: JSON.stringify({ id, ...rehearsing.progress }) });
  while (!(await Promise.race([rehearsing.further.then(() => false), ended])));
  try {
    await done;
    yield sentEvent({ event: 'result', data: readFileSync(file, 'utf8') });
  } catch (error) {
    yield sentEvent({ event: 'problem', data: JSON.stringify(problemOf(error).body) });
  }
}
