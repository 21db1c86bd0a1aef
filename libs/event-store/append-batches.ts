import type { ToAppend } from '../event-sourcing/event.js';
import { MAX_APPEND_BYTES } from './event-store.js';

const MOST_EVENTS_AN_APPEND = 500;
/** Well below the limit, because this estimates an envelope's size. */
const MOST_BYTES_AN_APPEND = MAX_APPEND_BYTES / 2;

/** Splits events into appends: neighbours of one stream, up to the limits of one append. */
export function* appendBatches<E extends ToAppend>(events: readonly E[]): Generator<readonly E[]> {
  let batch: E[] = [];
  let bytes = 0;
  for (const event of events) {
    const size = Buffer.byteLength(JSON.stringify(event));
    const isFull = batch.length === MOST_EVENTS_AN_APPEND || bytes + size > MOST_BYTES_AN_APPEND;
    if (batch.length > 0 && (isFull || batch[0]?.stream !== event.stream)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(event);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
