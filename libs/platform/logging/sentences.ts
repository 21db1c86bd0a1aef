import { Writable } from 'node:stream';
import pino from 'pino';

/** Writes JSON log lines as sentences for a person at a terminal. */
export const asSentences = (to: NodeJS.WritableStream): Writable =>
  new Writable({
    write(chunk: Buffer, _encoding, done) {
      for (const line of chunk.toString().split('\n')) if (line !== '') to.write(`${sentenceOf(line)}\n`);
      done();
    },
  });

/** Such as `09:00:00 warn Projector: The read models are no longer followed (generation 3)`. */
export function sentenceOf(line: string): string {
  const { level, time, context, msg, ...rest } = JSON.parse(line) as Readonly<Record<string, unknown>>;
  const at = new Date(Number(time)).toISOString().slice(11, 19);
  const from = typeof context === 'string' ? ` ${context}:` : ':';
  const more = Object.entries(rest).map(
    ([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const parts = [typeof msg === 'string' ? msg : undefined, more.length > 0 ? `(${more.join(', ')})` : undefined];
  return `${at} ${pino.levels.labels[Number(level)] ?? 'log'}${from} ${parts.filter(Boolean).join(' ')}`;
}
