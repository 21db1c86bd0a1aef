import { setTimeout as after } from 'node:timers/promises';
import type { TopicBatch } from '../../libs/broker/embedded/topic-history.js';

/** Often enough for proxies, which cut what is silent for a minute. */
const HEARTBEAT_MS = 15_000;
const RECONNECT_MS = 1_000;

/**
 * Topics as server-sent events: the id is the position, the data the event as structured CloudEvent. A pause, and a
 * run of history with nothing of this topic in it, send the position alone, so that resuming does not read it again.
 */
export async function* eventStream(
  batches: AsyncIterable<TopicBatch>,
  signal: AbortSignal,
  heartbeatMs = HEARTBEAT_MS,
): AsyncGenerator<string> {
  yield `retry: ${RECONNECT_MS}\n\n`;
  const reading = batches[Symbol.asyncIterator]();
  let next = reading.next();
  let position: string | undefined;
  while (!signal.aborted) {
    const pause = new AbortController();
    const turn = await Promise.race([next, heartbeat(heartbeatMs, pause.signal)]);
    pause.abort();
    if (turn === 'heartbeat') {
      yield position === undefined ? ': \n\n' : `id: ${position}\n\n`;
      continue;
    }
    if (turn.done === true) return;
    position = turn.value.position;
    if (turn.value.publications.length > 0) yield turn.value.publications.map(written).join('');
    next = reading.next();
  }
}

const written = ({ event }: TopicBatch['publications'][number]): string =>
  `id: ${event.position}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;

async function heartbeat(ms: number, signal: AbortSignal): Promise<'heartbeat'> {
  try {
    await after(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return 'heartbeat';
}
