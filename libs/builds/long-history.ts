import type { EventStore } from '../event-store/event-store.js';

/** Events. To fold fewer takes about as long as to start a thread. */
const LONG = 10_000;

/** Whether a history is so long that a thread of its own folds it. */
export async function isLong(events: Pick<EventStore, 'readAll'>): Promise<boolean> {
  for await (const batch of events.readAll({ batchSize: LONG })) return batch.events.length === LONG;
  return false;
}
