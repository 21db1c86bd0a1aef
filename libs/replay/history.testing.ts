import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { idOf } from '../event-sourcing/identity.js';
import { shardOf } from '../event-sourcing/shard.js';
import type { EventStore } from '../event-store/event-store.js';
import { SqliteEventStore } from '../event-store/sqlite/sqlite-event-store.js';
import { SqliteLedger } from '../ledger/sqlite/sqlite-ledger.js';
import { SqliteReadStore } from '../read-store/sqlite/sqlite-read-store.js';
import { DECLARATIONS, type EventToAppend, type RecoveryEvent } from '../recovery/history.js';
import { ParkedList } from './fold/parked.js';

/** A temporary event store with its read store. */
export function openHistory(): {
  events: SqliteEventStore;
  reads: SqliteReadStore;
  ledger: SqliteLedger;
  parked: ParkedList;
  close(): Promise<void>;
} {
  const folder = mkdtempSync(join(tmpdir(), 'replay-'));
  const events = SqliteEventStore.open({ folder, declarations: DECLARATIONS, mode: 'write' });
  const ledger = SqliteLedger.open({ path: join(folder, 'ledger.db'), mode: 'write' });
  const reads = openReads();
  return {
    events,
    reads,
    ledger,
    parked: new ParkedList(ledger),
    async close() {
      await Promise.all([events.close(), ledger.close(), reads.close()]);
      rmSync(folder, { recursive: true });
    },
  };
}

export const openReads = (): SqliteReadStore => SqliteReadStore.open({ path: ':memory:', mode: 'write' });

export interface GivenEvent {
  readonly stream: string;
  readonly event: RecoveryEvent;
  readonly customer?: string;
  readonly occurredAt?: string;
  readonly knownAt?: string;
  readonly programme?: string;
}

/** Appends the events one by one, each to its stream. */
export async function appendEvents(events: EventStore, given: readonly GivenEvent[]): Promise<void> {
  for (const [
    index,
    { stream, event, customer = 'customer-1', occurredAt, knownAt, programme = 'care' },
  ] of given.entries()) {
    const { revision } = await events.readStream(stream);
    const at = occurredAt ?? new Date(Date.parse('2031-05-05T09:00:00.000Z') + index * 60_000).toISOString();
    const id = idOf(stream, revision + 1);
    await events.append(
      stream,
      [
        {
          ...event,
          id,
          schemaVersion: 1,
          stream,
          shard: shardOf(customer),
          programme,
          occurredAt: at,
          knownAt: knownAt ?? at,
          recordedAt: at,
          actor: { id: 'ana', role: 'agent' },
          commandId: idOf('command', id),
          correlationId: id,
          causationId: id,
        } as EventToAppend,
      ],
      revision,
    );
  }
}

/** A port with its methods as plain functions, so that a test can replace one of them. */
export const bound = <T extends object>(port: T): T =>
  new Proxy({} as T, {
    ownKeys: () =>
      [port, Object.getPrototypeOf(port) as object].flatMap(Reflect.ownKeys).filter((key) => key !== 'constructor'),
    getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
    get: (_, key) => {
      const value: unknown = Reflect.get(port, key, port);
      return typeof value === 'function' ? (value.bind(port) as unknown) : value;
    },
  });
