import type { EventStore } from '../../libs/event-store/event-store.js';
import { syntheticCase } from './synthetic-history.js';

/** Appends cases; resolves to the number of their events. */
export async function fill(events: EventStore, cases: number, open = false): Promise<number> {
  let count = 0;
  for (let from = 0; from < cases; from += 1_000) {
    await Promise.all(
      Array.from({ length: Math.min(1_000, cases - from) }, (_, i) => {
        const one = syntheticCase(from + i, { open });
        count += one.events.length;
        return events.append(one.stream, one.events, 0);
      }),
    );
  }
  return count;
}

/** The floor: only reads and parses all of history. Resolves to events a second. */
export async function readOnce(events: EventStore, count?: number): Promise<number> {
  const began = performance.now();
  let read = 0;
  for await (const batch of events.readAll({ batchSize: 5_000 })) read += batch.events.length;
  if (count !== undefined && read !== count) throw new Error(`${read} events were read of ${count}.`);
  return (read / (performance.now() - began)) * 1_000;
}
