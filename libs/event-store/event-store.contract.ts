import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AppendRefused, RevisionConflict, type Batch, type EventFilter, type EventStore } from './event-store.js';
import { allOf, appendOneByOne, lendingEvent, lendingEvents, namesIn } from './lending.testing.js';

export interface OpenedStore {
  /** Empty, and declares the events of lending.testing.ts. */
  readonly store: EventStore;
  /** For a store that can be closed and opened again. */
  reopen?(): Promise<EventStore>;
  /** Closes the store and removes its data. */
  end(): Promise<void>;
}

/** What every event store must do. */
export function eventStoreContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name}: the contract of an event store`, () => {
    let opened: OpenedStore;
    let store: EventStore;
    let stop: AbortController;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
      stop = new AbortController();
    });
    afterEach(async () => {
      stop.abort();
      await opened.end();
    });

    describe('appending', () => {
      test('a stream that nobody wrote to is at revision 0', async () => {
        expect(await store.readStream('loan-7')).toEqual({ events: [], revision: 0 });
        expect(await store.end()).toBeUndefined();
      });
      test('an append answers with the new revision and the last position', async () => {
        const { revision, position } = await store.append('loan-7', lendingEvents('loan-7', 'a', 'b'), 0);
        expect(revision).toBe(2);
        expect(position).toBe(await store.end());
        expect((await store.readStream('loan-7')).events.at(-1)?.position).toBe(position);
      });
      test('an event comes back as it was given, with its revision and position', async () => {
        const event = lendingEvent('loan-7', 'a', {
          knownAt: '2031-05-06T09:00:00.123Z',
          recordedAt: '2031-06-01T00:00:00.000Z',
          correlationId: 'the conversation',
          causationId: 'the cause',
          imported: true,
          sequence: 2.5,
          requestHash: 'n4bQgYhMfWWaL-qgxVrQFa',
          data: { name: 'a', text: 'Füße 🔧 \u0000 "', deep: { list: [1, 2.5, null, { x: [] }] }, no: false },
        });
        const plain = lendingEvent('loan-7', 'b');
        await store.append('loan-7', [event, plain], 0);
        const { events } = await store.readStream('loan-7');
        expect(events).toEqual([
          { ...event, revision: 1, position: expect.any(String) },
          { ...plain, revision: 2, position: expect.any(String) },
        ]);
        expect(events[1]).not.toHaveProperty('imported');
        expect(events[1]).not.toHaveProperty('sequence');
        expect(events[1]).not.toHaveProperty('requestHash');
      });
      test('an append at the wrong revision is refused, and none of it is kept', async () => {
        await store.append('loan-7', lendingEvents('loan-7', 'a'), 0);
        const late = store.append('loan-7', lendingEvents('loan-7', 'b', 'c'), 0);
        await expect(late).rejects.toThrow(RevisionConflict);
        await expect(late).rejects.toMatchObject({ stream: 'loan-7', expected: 0, actual: 1 });
        const ahead = store.append('loan-7', lendingEvents('loan-7', 'd'), 2);
        await expect(ahead).rejects.toMatchObject({ expected: 2, actual: 1 });
        expect(namesIn([{ ...(await store.readStream('loan-7')), position: '' }])).toEqual(['a']);
      });
      test('the same events at the same expected revision again are one append, and get the first answer', async () => {
        const first = await store.append('loan-7', lendingEvents('loan-7', 'a', 'b'), 0);
        await store.append('loan-7', lendingEvents('loan-7', 'c'), 2);
        expect(await store.append('loan-7', lendingEvents('loan-7', 'a', 'b'), 0)).toEqual(first);
        expect((await store.readStream('loan-7')).revision).toBe(3);
      });
      test('the same append asked for twice at the same time is one append', async () => {
        const [first, second] = await Promise.all([
          store.append('loan-7', lendingEvents('loan-7', 'a', 'b'), 0),
          store.append('loan-7', lendingEvents('loan-7', 'a', 'b'), 0),
        ]);
        expect(second).toEqual(first);
        expect(namesIn(await allOf(store.readAll()))).toEqual(['a', 'b']);
      });
      test('events that were appended only in part before are refused', async () => {
        await store.append('loan-7', lendingEvents('loan-7', 'a', 'b'), 0);
        await expect(store.append('loan-7', lendingEvents('loan-7', 'a', 'b', 'c'), 0)).rejects.toThrow(
          RevisionConflict,
        );
        await expect(store.append('loan-7', lendingEvents('loan-7', 'b', 'c'), 0)).rejects.toThrow(RevisionConflict);
        expect((await store.readStream('loan-7')).revision).toBe(2);
      });
      test('the same event id in another stream is a new event', async () => {
        const { id } = lendingEvent('loan-7', 'a');
        await store.append('loan-7', lendingEvents('loan-7', 'a'), 0);
        await store.append('loan-8', [lendingEvent('loan-8', 'b', { id })], 0);
        expect(namesIn(await allOf(store.readAll()))).toEqual(['a', 'b']);
      });
      test('an append of nothing is refused in words', async () => {
        const append = store.append('loan-7', [], 0);
        await expect(append).rejects.toThrow(AppendRefused);
        await expect(append).rejects.toThrow('Nothing to append to loan-7. Append one event or more.');
      });
      test('an append of more than 1 MiB is refused in words, and one just below is kept', async () => {
        const large = (bytes: number) => [lendingEvent('loan-7', 'a', { data: { text: 'x'.repeat(bytes) } })];
        await expect(store.append('loan-7', large(1024 * 1024), 0)).rejects.toThrow(/1048576 at most. Split it/);
        expect(await store.append('loan-7', large(1_040_000), 0)).toMatchObject({ revision: 1 });
      });
      test('events for another stream are refused', async () => {
        await expect(store.append('loan-7', lendingEvents('loan-8', 'a'), 0)).rejects.toThrow(AppendRefused);
      });
      test('of many appends at the same time, each stands or fails alone', async () => {
        const answers = await Promise.allSettled([
          store.append('loan-1', lendingEvents('loan-1', 'a'), 0),
          store.append('loan-2', lendingEvents('loan-2', 'b'), 3),
          store.append('loan-1', lendingEvents('loan-1', 'c'), 0),
          store.append('loan-1', lendingEvents('loan-1', 'd'), 1),
          store.append('loan-3', [], 0),
        ]);
        expect(answers.map(({ status }) => status)).toEqual([
          'fulfilled',
          'rejected',
          'rejected',
          'fulfilled',
          'rejected',
        ]);
        expect(namesIn(await allOf(store.readAll()))).toEqual(['a', 'd']);
      });
    });

    describe('an append that depends on other streams', () => {
      beforeEach(async () => {
        await store.append('loan-1', lendingEvents('loan-1', 'a', 'b'), 0);
      });
      const held = (revision: number, stream = 'loan-1') => [{ stream, revision }];

      test('stands while they are as they were seen, and is refused once one of them moved; or is refused in words', async () => {
        const hanging = store.append('loan-7', lendingEvents('loan-7', 'c'), 0, [...held(2), ...held(0, 'loan-9')]);
        if (!store.holds) {
          await expect(hanging).rejects.toThrow(AppendRefused);
          await expect(hanging).rejects.toThrow('Append without them, then look at them again.');
          return;
        }
        expect(await hanging).toMatchObject({ revision: 1 });
        await store.append('loan-1', lendingEvents('loan-1', 'd'), 2);
        const late = store.append('loan-7', lendingEvents('loan-7', 'e'), 1, held(2));
        await expect(late).rejects.toMatchObject({ stream: 'loan-1', expected: 2, actual: 3 });
        expect((await store.readStream('loan-7')).revision).toBe(1);
      });
      test('of two at the same time that depend on each other, one stands', async () => {
        if (!store.holds) return;
        await store.append('loan-2', lendingEvents('loan-2', 'a'), 0);
        const answers = await Promise.allSettled([
          store.append('loan-1', lendingEvents('loan-1', 'c'), 2, held(1, 'loan-2')),
          store.append('loan-2', lendingEvents('loan-2', 'd'), 1, held(2)),
        ]);
        expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
      });
      test('sent again gets the first answer, wherever they are by then', async () => {
        if (!store.holds) return;
        const first = await store.append('loan-7', lendingEvents('loan-7', 'c'), 0, held(2));
        await store.append('loan-1', lendingEvents('loan-1', 'd'), 2);
        expect(await store.append('loan-7', lendingEvents('loan-7', 'c'), 0, held(2))).toEqual(first);
      });
    });

    describe('reading a stream', () => {
      beforeEach(async () => {
        await appendOneByOne(store, 'loan-7', 5);
        await appendOneByOne(store, 'loan-70', 2);
      });
      const revisions = async (options: Parameters<EventStore['readStream']>[1]) =>
        (await store.readStream('loan-7', options)).events.map(({ revision }) => revision);

      test('forwards from the first event, of this stream only', async () => {
        expect(await revisions({})).toEqual([1, 2, 3, 4, 5]);
      });
      test('backwards from the last event', async () => {
        expect(await revisions({ direction: 'backwards' })).toEqual([5, 4, 3, 2, 1]);
      });
      test('after a revision: what is above it forwards, below it backwards', async () => {
        expect(await revisions({ after: 2 })).toEqual([3, 4, 5]);
        expect(await revisions({ after: 2, direction: 'backwards' })).toEqual([1]);
        expect(await revisions({ after: 5 })).toEqual([]);
        expect(await revisions({ after: 9, direction: 'backwards' })).toEqual([5, 4, 3, 2, 1]);
      });
      test('no more than the limit, and the revision is the present one all the same', async () => {
        expect(await revisions({ limit: 2 })).toEqual([1, 2]);
        expect(await revisions({ limit: 2, direction: 'backwards' })).toEqual([5, 4]);
        expect((await store.readStream('loan-7', { limit: 1 })).revision).toBe(5);
        expect((await store.readStream('loan-7', { after: 5 })).revision).toBe(5);
      });
    });

    describe('reading everything', () => {
      const written = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
      beforeEach(async () => {
        for (const [index, name] of written.entries()) {
          const stream = `${index % 2 === 0 ? 'loan' : 'member'}-${name}`;
          const type = index % 3 === 0 ? 'ToolReturned' : 'ToolLent';
          await store.append(stream, [lendingEvent(stream, name, { type })], 0);
        }
      });

      test('is in the order of appending, and positions sort as text', async () => {
        const batches = await allOf(store.readAll());
        expect(namesIn(batches)).toEqual(written);
        const positions = batches.flatMap(({ events }) => events.map(({ position }) => position));
        expect(positions.toSorted()).toEqual(positions);
        expect(new Set(positions).size).toBe(written.length);
      });
      test('backwards is the same turned round', async () => {
        expect(namesIn(await allOf(store.readAll({ direction: 'backwards' })))).toEqual(written.toReversed());
      });
      test.each([1, 2, 3, 7, 50])('in batches of %i, each to be gone on from', async (batchSize) => {
        for (const direction of ['forwards', 'backwards'] as const) {
          const batches = await allOf(store.readAll({ batchSize, direction }));
          expect(Math.max(...batches.map(({ events }) => events.length))).toBeLessThanOrEqual(batchSize);
          for (const [index, { position }] of batches.entries()) {
            const rest = await allOf(store.readAll({ from: position, direction }));
            expect(namesIn(rest)).toEqual(namesIn(batches.slice(index + 1)));
          }
        }
      });
      test('from a position: what comes after it forwards, before it backwards', async () => {
        const positions = (await allOf(store.readAll())).flatMap(({ events }) =>
          events.map(({ position }) => position),
        );
        const from = positions[2];
        expect(namesIn(await allOf(store.readAll({ from })))).toEqual(['d', 'e', 'f', 'g']);
        expect(namesIn(await allOf(store.readAll({ from, direction: 'backwards' })))).toEqual(['b', 'a']);
        expect(await allOf(store.readAll({ from: await store.end() }))).toEqual([]);
      });
      test('filtered by category, by type, and by both', async () => {
        const read = async (filter: { categories?: string[]; types?: string[] }, batchSize?: number) =>
          namesIn(await allOf(store.readAll({ filter, batchSize })));
        expect(await read({ categories: ['member'] })).toEqual(['b', 'd', 'f']);
        expect(await read({ categories: ['member', 'loan'] }, 2)).toEqual(written);
        expect(await read({ types: ['ToolReturned'] }, 1)).toEqual(['a', 'd', 'g']);
        expect(await read({ types: ['ToolReturned'], categories: ['member'] })).toEqual(['d']);
        expect(await read({ types: ['NeverHappened'] })).toEqual([]);
        expect(await read({ categories: [] })).toEqual([]);
      });
      test('filtered by shard, as several workers share a history', async () => {
        for (const [revision, shard] of [3, 200, 3, 0].entries())
          await store.append('loan-x', [lendingEvent('loan-x', `x${revision}`, { shard })], revision);
        const read = async (filter: EventFilter) => namesIn(await allOf(store.readAll({ filter, batchSize: 2 })));
        expect(await read({ shards: [3] })).toEqual(['x0', 'x2']);
        expect(await read({ shards: [0, 200] })).toEqual(['x1', 'x3']);
        expect(await read({ shards: [7], types: ['ToolReturned'] })).toEqual(['a', 'd', 'g']);
        expect(await read({ shards: [] })).toEqual([]);
      });
      test('a filter that leaves everything out still says how far was read', async () => {
        const batches = await allOf(store.readAll({ filter: { types: ['NeverHappened'] } }));
        const read = batches.at(-1)?.position ?? '';
        expect(namesIn(await allOf(store.readAll({ from: read })))).toEqual([]);
      });
      test('progress goes from 0 to 1 on the way', async () => {
        const positions = (await allOf(store.readAll())).flatMap(({ events }) =>
          events.map(({ position }) => position),
        );
        const end = positions.at(-1) ?? '';
        const shares = positions.map((position) => store.progress(undefined, position, end));
        expect(shares.toSorted((a, b) => a - b)).toEqual(shares);
        expect(shares.at(-1)).toBe(1);
        expect(store.progress(positions[2], positions[2] ?? '', end)).toBe(0);
        expect(store.progress(end, end, end)).toBe(1);
      });
    });

    describe('following', () => {
      /** Follows until `count` events came. */
      const followed = async (count: number, options: Partial<Parameters<EventStore['follow']>[0]> = {}) => {
        const batches: Batch[] = [];
        for await (const batch of store.follow({ signal: stop.signal, ...options })) {
          batches.push(batch);
          if (namesIn(batches).length >= count) break;
        }
        return namesIn(batches);
      };

      test('gives what is there, then what comes', async () => {
        await appendOneByOne(store, 'loan-1', 3);
        const following = followed(5);
        await store.append('loan-2', lendingEvents('loan-2', 'x'), 0);
        await store.append('loan-2', lendingEvents('loan-2', 'y'), 1);
        expect(await following).toEqual(['loan-1/0', 'loan-1/1', 'loan-1/2', 'x', 'y']);
      });
      test('starts after the position that it is given', async () => {
        const { position } = await store.append('loan-1', lendingEvents('loan-1', 'a'), 0);
        const following = followed(1, { from: position });
        await store.append('loan-1', lendingEvents('loan-1', 'b'), 1);
        expect(await following).toEqual(['b']);
      });
      test('by category and type, moving on past what it leaves out', async () => {
        const following = followed(2, { filter: { categories: ['loan'], types: ['ToolReturned'] } });
        await store.append('member-1', lendingEvents('member-1', 'm'), 0);
        for (const [revision, type] of ['ToolReturned', 'ToolLent', 'ToolReturned'].entries()) {
          await store.append('loan-1', [lendingEvent('loan-1', `${revision}`, { type })], revision);
        }
        expect(await following).toEqual(['0', '2']);
      });
      test('misses, doubles and reorders nothing under sixteen writers', async () => {
        const following = followed(400, { batchSize: 7 });
        await Promise.all(Array.from({ length: 16 }, (_, writer) => appendOneByOne(store, `loan-${writer}`, 25)));
        const seen = await following;
        expect(seen).toEqual(namesIn(await allOf(store.readAll())));
        expect(new Set(seen).size).toBe(400);
        for (let writer = 0; writer < 16; writer++) {
          const own = seen.filter((name) => name.startsWith(`loan-${writer}/`));
          expect(own).toEqual(Array.from({ length: 25 }, (_, revision) => `loan-${writer}/${revision}`));
        }
      });
      test('the next batch waits for the last', async () => {
        await appendOneByOne(store, 'loan-1', 4);
        let handling = 0;
        let batches = 0;
        for await (const _ of store.follow({ signal: stop.signal, batchSize: 1 })) {
          expect(++handling).toBe(1);
          await store.readStream('loan-1');
          handling--;
          if (++batches === 4) break;
        }
      });
      test('ends on the signal', async () => {
        const following = allOf(store.follow({ signal: stop.signal }));
        stop.abort();
        expect(await following).toEqual([]);
        expect(await allOf(store.follow({ signal: stop.signal }))).toEqual([]);
      });
    });

    test('everything is there after it was closed and opened again', async () => {
      if (opened.reopen === undefined) return;
      await appendOneByOne(store, 'loan-1', 3);
      const before = await allOf(store.readAll());
      const again = await opened.reopen();
      expect(await allOf(again.readAll())).toEqual(before);
      expect(await again.append('loan-1', lendingEvents('loan-1', 'x'), 3)).toMatchObject({ revision: 4 });
    });
  });
}
