import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { eventStoreContract } from '../event-store.contract.js';
import type { EventFilter } from '../event-store.js';
import { allOf, LENDING, lendingEvent, namesIn } from '../lending.testing.js';
import { SqliteEventStore } from './sqlite-event-store.js';

eventStoreContract('SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'amends-history-'));
  const open = () => SqliteEventStore.open({ folder, declarations: LENDING, mode: 'write' });
  let store = open();
  return {
    store,
    reopen: async () => {
      await store.close();
      store = open();
      return store;
    },
    end: async () => {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});

const TYPES = ['ToolLent', 'ToolReturned', 'MemberJoined'];

test('shard by shard there are the same events as in order, up to a position and through any filter', async () => {
  const told = fc.array(
    fc.record({ shard: fc.nat(4), category: fc.constantFrom('loan', 'member'), type: fc.constantFrom(...TYPES) }),
    { maxLength: 40 },
  );
  const some = fc.record<EventFilter>(
    { types: fc.subarray(TYPES), shards: fc.subarray([0, 1, 2, 3, 4, 5]), categories: fc.subarray(['loan', 'member']) },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(told, some, fc.nat(), async (all, filter, cut) => {
      const folder = mkdtempSync(join(tmpdir(), 'amends-history-'));
      const store = SqliteEventStore.open({ folder, declarations: LENDING, mode: 'write' });
      try {
        const positions: string[] = [];
        const revisions = new Map<string, number>();
        for (const [name, { shard, category, type }] of all.entries()) {
          const stream = `${category}-${shard}`;
          const revision = revisions.get(stream) ?? 0;
          const event = lendingEvent(stream, String(name), { shard, type });
          positions.push((await store.append(stream, [event], revision)).position);
          revisions.set(stream, revision + 1);
        }
        const upTo = positions[cut % positions.length];
        if (upTo === undefined) return;
        const inOrder = (await allOf(store.readAll({ filter })))
          .flatMap(({ events }) => events)
          .filter(({ position }) => position <= upTo);
        const byShard = await store.byShard({ filter, upTo });
        const taken = byShard.shards.map((shard) => ({ shard, events: byShard.take(shard) }));
        byShard.close();
        expect(taken.map(({ shard }) => shard)).toEqual([...new Set(inOrder.map(({ shard }) => shard))].toSorted());
        for (const { shard, events } of taken) expect(events).toEqual(inOrder.filter((one) => one.shard === shard));
      } finally {
        await store.close();
        rmSync(folder, { recursive: true, force: true });
      }
    }),
    { numRuns: 40 },
  );
});

test('a category is read by itself whether it has few streams or many', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'amends-history-'));
  const store = SqliteEventStore.open({ folder, declarations: LENDING, mode: 'write' });
  try {
    const streams = [
      'member',
      'member-1',
      'members-1',
      'member.1',
      ...Array.from({ length: 120 }, (_, n) => `loan-${n}`),
    ];
    for (const stream of streams) await store.append(stream, [lendingEvent(stream, stream)], 0);
    const read = async (...categories: string[]) => namesIn(await allOf(store.readAll({ filter: { categories } })));
    expect(await read('member')).toEqual(['member', 'member-1']);
    expect(await read('loan')).toEqual(streams.slice(4));
    expect(await read('member', 'loan')).toEqual([...streams.slice(0, 2), ...streams.slice(4)]);
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

test.each([
  ['1', 'ALTER TABLE events DROP COLUMN request_hash; ALTER TABLE events DROP COLUMN sequence'],
  ['2', 'ALTER TABLE events DROP COLUMN request_hash'],
])('a history of format %s is read as it is, and upgraded by who opens it for writing', async (format, downgrade) => {
  const folder = mkdtempSync(join(tmpdir(), 'amends-history-'));
  const open = (mode: 'read' | 'write') => SqliteEventStore.open({ folder, declarations: LENDING, mode });
  const readBy = async (store: SqliteEventStore) => {
    const { events } = await store.readStream('loan-7');
    await store.close();
    return events;
  };
  try {
    const first = open('write');
    await first.append('loan-7', [lendingEvent('loan-7', 'a')], 0);
    const written = await readBy(first);
    const database = new DatabaseSync(join(folder, 'history.db'));
    database.exec(`${downgrade}; PRAGMA user_version = ${format}`);
    database.close();
    expect(await readBy(open('read'))).toEqual(written);
    const upgraded = open('write');
    const later = lendingEvent('loan-7', 'b', { requestHash: 'n4bQgYhMfWWaL-qgxVrQFa' });
    await upgraded.append('loan-7', [later], 1);
    const both = [...written, { ...later, revision: 2, position: expect.any(String) }];
    expect(await readBy(upgraded)).toEqual(both);
    expect(await readBy(open('read'))).toEqual(both);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a long history is searched for the events of some hundred streams, not read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'amends-history-'));
  const store = SqliteEventStore.open({ folder, declarations: LENDING, mode: 'write' });
  try {
    const appended = Array.from({ length: 300 }, (_, n) =>
      store.append(`loan-${n}`, [lendingEvent(`loan-${n}`, 'a')], 0),
    );
    for (let at = 0; at < 25_000; at += 500) {
      const some = Array.from({ length: 500 }, (_, n) => lendingEvent('member-1', String(at + n)));
      appended.push(store.append('member-1', some, at));
    }
    await Promise.all(appended);
    const batches = await allOf(store.readAll({ filter: { categories: ['loan'] } }));
    expect(batches.map(({ events }) => events.length)).toEqual([300]);
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
});

test('a follower of a category reads what is new, and looks through none of its streams', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'amends-history-'));
  const store = SqliteEventStore.open({ folder, declarations: LENDING, mode: 'write' });
  try {
    const { position } = await store.append('loan-1', [lendingEvent('loan-1', 'a')], 0);
    await store.append('member-1', [lendingEvent('member-1', 'b')], 0);
    await store.append('loan-2', [lendingEvent('loan-2', 'c')], 0);
    const prepared = jest.spyOn(DatabaseSync.prototype, 'prepare');
    const filter = { categories: ['loan'] };
    expect(namesIn(await allOf(store.readAll({ from: position, filter })))).toEqual(['c']);
    const ofEvents = prepared.mock.calls
      .map(([sql]) => sql)
      .filter((sql) => sql.includes('FROM events WHERE position >'));
    const ofStreams = prepared.mock.calls.map(([sql]) => sql).filter((sql) => sql.includes('events_by_stream'));
    prepared.mockRestore();
    expect([ofEvents.length, ofStreams.length]).toEqual([1, 0]);
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
});
