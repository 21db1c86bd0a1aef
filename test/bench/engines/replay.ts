import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { EventStoreDBClient } from '@eventstore/db-client';
import type { EventStore } from '../../../libs/event-store/event-store.js';
import { Inputs } from '../../../libs/read-models/inputs.js';
import { times } from '../../../libs/read-models/times.js';
import { SqliteReadStore } from '../../../libs/read-store/sqlite/sqlite-read-store.js';
import type { AnyProjection } from '../../../libs/event-sourcing/projection.js';
import { rebuild } from '../../../libs/replay/builds/rebuild.js';
import { rulesOfDefaultPack } from '../default-rules.js';
import { fill, readOnce } from '../history-of-cases.js';
import { inTurn, ProcessorUsed, type Figure, type Size } from '../measure.js';
import { eventStoreAtHand, type EventStoreAtHand } from './event-store-at-hand.js';

/** Reads history from EventStoreDB and builds a read model from it, compared with the client alone. */
export async function replayFromEventStoreDb(size: Size, folder: string): Promise<Figure[]> {
  mkdirSync(folder, { recursive: true });
  const server = await eventStoreAtHand();
  const history = server.open();
  try {
    const count = await fill(history, size.quick ? 3_000 : 20_000);
    const used = new ProcessorUsed(count);
    const replayed = await inTurn(
      size.runs,
      () => used.during('Amends', () => readOnce(history, count)),
      () => used.during('client', () => readByClient(server, count)),
    );
    let run = 0;
    const built = await inTurn(
      size.runs,
      () => buildOne(history, join(folder, `read-${run++}.db`), count),
      () => readByClient(server, count),
    );
    const against = 'the client of EventStoreDB alone';
    return [
      {
        what: `replay from ${server.name}`,
        unit: 'events/s',
        ours: replayed.ours,
        against: { name: against, values: replayed.against },
        reach: { ratio: 0.9 },
        note: `${count.toLocaleString('en')} events; the reader used ${used.of('Amends')} us of the processor for each, and the client alone ${used.of('client')}`,
      },
      {
        what: `rebuild one read model (times) from ${server.name}`,
        unit: 'events/s',
        ours: built.ours,
        against: { name: against, values: built.against },
      },
    ];
  } finally {
    await history.close();
    await server.stop();
  }
}

/** The client as its documentation shows it, which ignores the events. */
async function readByClient({ url, prefix }: EventStoreAtHand, count: number): Promise<number> {
  const client = EventStoreDBClient.connectionString(url);
  const began = performance.now();
  let read = 0;
  for await (const { event } of client.readAll()) if (event?.streamId.startsWith(prefix)) read++;
  const seconds = (performance.now() - began) / 1_000;
  await client.dispose();
  if (read !== count) throw new Error(`The client read ${read} events of ${count}.`);
  return count / seconds;
}

async function buildOne(events: EventStore, path: string, count: number): Promise<number> {
  const reads = SqliteReadStore.open({ path, mode: 'write' });
  const projections = [times] as readonly AnyProjection<Inputs>[];
  const inputs = new Inputs(rulesOfDefaultPack());
  const began = performance.now();
  await rebuild({ events, reads, projections, inputs, ruleBooks: {}, reason: 'bench', stepMs: Infinity });
  const seconds = (performance.now() - began) / 1_000;
  await reads.close();
  return count / seconds;
}
