import { randomUUID } from 'node:crypto';
import { EventStoreDbEventStore } from '../../../libs/event-store/eventstoredb/eventstoredb-event-store.js';
import { DECLARATIONS } from '../../../libs/recovery/history.js';
import { startBuilt } from '../built-process.js';

export interface EventStoreAtHand {
  readonly url: string;
  /** This benchmark's own, because the server may have other histories. */
  readonly prefix: string;
  /** Its name in the table. */
  readonly name: string;
  open(): EventStoreDbEventStore;
  stop(): Promise<void>;
}

/** The EventStoreDB of EVENT_STORE_TEST_URL, else a double in its own process. */
export async function eventStoreAtHand(): Promise<EventStoreAtHand> {
  const named = process.env['EVENT_STORE_TEST_URL'];
  const double =
    named === undefined ? await startBuilt('test/eventstoredb-double/main.js', { args: ['0'] }) : undefined;
  const url = named ?? double?.url ?? '';
  const prefix = `amends_bench_${randomUUID().slice(0, 8)}.`;
  return {
    url,
    prefix,
    name: named === undefined ? 'a double of EventStoreDB' : 'EventStoreDB',
    open: () => EventStoreDbEventStore.open({ url, prefix, declarations: DECLARATIONS }),
    stop: async () => double?.end(),
  };
}
