import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

type Fields = Readonly<Partial<Record<'retry' | 'id' | 'event' | 'data', string | number>>>;

/** One server-sent event. Data is JSON, which stands on one line. Without fields it is a comment, which no client sees. */
export const sentEvent = (fields: Fields): string => {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\n`);
  return `${lines.length === 0 ? ': \n' : lines.join('')}\n`;
};

/** Answers with events until they or the client end. It takes the next ones as the client reads: none wait in memory. */
export function sendEvents(reply: FastifyReply, events: AsyncIterable<string>, ended?: () => void): void {
  const stream = Readable.from(events, { objectMode: false });
  if (ended !== undefined) stream.once('close', ended);
  void reply.type('text/event-stream').headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no' }).send(stream);
}
