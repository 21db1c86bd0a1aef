import { pause } from '../../libs/platform/stores/turn.js';
import { sentEvent } from '../../libs/platform/event-stream/send-events.js';
import type { TopicBatch } from '../../libs/broker/embedded/topic-history.js';

/** Proxies cut a connection that is silent for a minute. */
const HEARTBEAT_MS = 15_000;
const RECONNECT_MS = 1_000;

/**
 * A topic as server-sent events: the id is the position, the data is a structured CloudEvent. A heartbeat carries the
 * position, so that a client which resumes does not read again what belongs to other topics.
 */
export async function* topicEvents(batches: AsyncIterable<TopicBatch>, signal: AbortSignal): AsyncGenerator<string> {
  yield sentEvent({ retry: RECONNECT_MS });
  const reading = batches[Symbol.asyncIterator]();
  let next = reading.next();
  let position: string | undefined;
  while (!signal.aborted) {
    const silence = new AbortController();
    const turn = await Promise.race([next, pause(HEARTBEAT_MS, silence.signal)]);
    silence.abort();
    if (turn === undefined) {
      yield sentEvent(position === undefined ? {} : { id: position });
      continue;
    }
    if (turn.done === true) return;
    position = turn.value.position;
    if (turn.value.publications.length > 0)
      yield turn.value.publications
        .map(({ event }) => sentEvent({ id: event.position, event: event.type, data: JSON.stringify(event) }))
        .join('');
    next = reading.next();
  }
}
