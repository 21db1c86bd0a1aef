import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Document } from '../event-sourcing/projection.js';
import type { Filter } from '../filter/filter.js';
import {
  type CollectionShape,
  GenerationConflict,
  NothingLive,
  QueryRefused,
  type ReadStore,
  type StoredDocument,
} from './read-store.js';
import { readStoreMatchesMingo } from './read-store-oracle.contract.js';
import { allPages, at, batch, idsOf, QUEUES, serve, SHAPES, STAMP } from './read-store.testing.js';

/** A test's name, and why this server can't pass it. */
export type LeftOut = Readonly<Record<string, string>>;

/** What every read store must do. `open` opens an empty one. */
export function readStoreContract(open: () => Promise<ReadStore>, leftOut: LeftOut = {}): void {
  let store: ReadStore;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  const document = async (id: string, generation?: number) => (await store.get('queues', id, generation))?.document;
  const refusal = async (asking: Promise<unknown>): Promise<{ field: string | undefined; message: string }> =>
    asking.then(
      () => {
        throw new Error('It was not refused.');
      },
      (error: unknown) => {
        if (!(error instanceof QueryRefused)) throw error;
        return { field: error.field, message: error.message };
      },
    );

  describe('generations', () => {
    test('a build is seen by nobody until it is switched to', async () => {
      const first = await serve(store, { a: { team: 'red' } });
      const { id } = await store.begin(SHAPES, STAMP);
      await store.flush(id, batch(1, { a: { team: 'blue' } }));
      await store.ready(id);
      expect(await document('a')).toEqual({ team: 'red' });
      expect(await document('a', id)).toEqual({ team: 'blue' });
      await store.switchTo(id, first);
      expect(await document('a')).toEqual({ team: 'blue' });
    });

    test('before the first switch there is nothing to ask, and it is said so', async () => {
      expect(await store.live()).toBeUndefined();
      await expect(store.find('queues', {})).rejects.toThrow(NothingLive);
      await expect(store.get('queues', 'a')).rejects.toThrow(NothingLive);
    });

    test('each has its status, stamp and shapes', async () => {
      const first = await serve(store, {});
      const second = await store.begin(SHAPES, STAMP);
      expect(second).toEqual({ id: second.id, status: 'building', stamp: STAMP, collections: SHAPES });
      await store.ready(second.id);
      await store.switchTo(second.id, first);
      const third = await store.begin(SHAPES, STAMP);
      expect((await store.generations()).map(({ id, status }) => [id, status])).toEqual([
        [first, 'retired'],
        [second.id, 'live'],
        [third.id, 'building'],
      ]);
      expect((await store.live())?.id).toBe(second.id);
    });

    test('rolling back is the same step back', async () => {
      const first = await serve(store, { a: { team: 'red' } });
      const second = await serve(store, { a: { team: 'blue' } });
      await store.flush(first, batch(2, { a: { team: 'green' } }));
      await store.switchTo(first, second);
      expect(await document('a')).toEqual({ team: 'green' });
    });

    test('a switch that expects another live one is refused and changes nothing', async () => {
      const first = await serve(store, { a: { team: 'red' } });
      const { id } = await store.begin(SHAPES, STAMP);
      await store.ready(id);
      await expect(store.switchTo(id, undefined)).rejects.toThrow(GenerationConflict);
      await expect(store.switchTo(id, id)).rejects.toThrow(GenerationConflict);
      expect((await store.live())?.id).toBe(first);
    });

    test('a build that is not ready can not be switched to', async () => {
      const { id } = await store.begin(SHAPES, STAMP);
      await expect(store.switchTo(id, undefined)).rejects.toThrow('still being built');
    });

    test('making a build ready twice is making it ready once', async () => {
      const { id } = await store.begin(SHAPES, STAMP);
      await store.ready(id);
      await store.ready(id);
      expect((await store.generations()).map(({ status }) => status)).toEqual(['ready']);
    });

    test('a released build is gone with its documents and checkpoints; the live one can not be released', async () => {
      const first = await serve(store, { a: { team: 'red' } });
      await expect(store.release(first)).rejects.toThrow('is live');
      const second = await serve(store, { a: { team: 'blue' } });
      await store.release(first);
      expect(idsOf((await store.generations()).map(({ id }) => ({ id: String(id) })))).toEqual([String(second)]);
      await expect(store.checkpoints(first)).rejects.toThrow(QueryRefused);
      await expect(store.flush(first, batch(2, {}))).rejects.toThrow(QueryRefused);
      expect(await document('a')).toEqual({ team: 'blue' });
    });

    test('an id is never given twice', async () => {
      const { id } = await store.begin(SHAPES, STAMP);
      await store.release(id);
      expect((await store.begin(SHAPES, STAMP)).id).toBeGreaterThan(id);
    });
  });

  describe('flush', () => {
    let generation: number;
    beforeEach(async () => {
      generation = await serve(store, { a: { team: 'red', count: 1 } });
    });

    test('documents and checkpoints are stored in one step', async () => {
      await store.flush(generation, { ...batch(5, { b: { team: 'blue' } }), shards: [7, 8, 255] });
      expect(await store.get('queues', 'b')).toEqual({
        id: 'b',
        shard: 7,
        position: at(5),
        document: { team: 'blue' },
      });
      expect([...(await store.checkpoints(generation))]).toEqual([
        [7, at(5)],
        [8, at(5)],
        [255, at(5)],
      ]);
    });

    test('a batch delivered twice changes nothing', async () => {
      const first = batch(5, { a: { count: 2 }, b: { count: 1 }, c: null });
      const second = batch(6, { a: { count: 3 }, b: null, c: { count: 9 } });
      for (const flush of [first, first, second, first, second]) await store.flush(generation, flush);
      expect(await document('a')).toEqual({ count: 3 });
      expect(await document('b')).toBeUndefined();
      expect(await document('c')).toEqual({ count: 9 });
      expect(await store.checkpoints(generation)).toEqual(new Map([[7, at(6)]]));
    });

    test('a write at or below the position that a document stands at changes nothing', async () => {
      await store.flush(generation, batch(5, { a: { count: 5 } }));
      await store.flush(generation, batch(5, { a: { count: 55 } }));
      await store.flush(generation, batch(4, { a: { count: 4 } }));
      await store.flush(generation, batch(5, { a: null }));
      expect(await document('a')).toEqual({ count: 5 });
    });

    test('what is removed is not brought back by what came before the removal', async () => {
      await store.flush(generation, batch(5, { a: null }));
      await store.flush(generation, batch(4, { a: { count: 4 } }));
      await store.flush(generation, batch(5, { a: { count: 5 } }));
      expect(await document('a')).toBeUndefined();
      expect((await store.find('queues', {})).documents).toEqual([]);
      expect(await store.load(generation, 'queues', ['a'])).toEqual(new Map());
      await store.flush(generation, batch(6, { a: { count: 6 } }));
      expect(await document('a')).toEqual({ count: 6 });
    });

    test('a removal of what was never there is remembered too', async () => {
      await store.flush(generation, batch(5, { z: null }));
      await store.flush(generation, batch(4, { z: { count: 4 } }));
      expect(await document('z')).toBeUndefined();
    });

    test('one batch may write and remove the same document at several positions', async () => {
      const [one] = batch(5, { b: { count: 1 } }).writes;
      const [gone] = batch(6, { b: null }).writes;
      const [again] = batch(7, { b: { count: 2 } }).writes;
      if (!one || !gone || !again) throw new Error('A batch came out empty.');
      await store.flush(generation, { shards: [7], position: at(7), writes: [one, gone, again] });
      expect(await document('b')).toEqual({ count: 2 });
    });

    test('of a document that two shards have the later stands, whichever comes first', async () => {
      const { id } = await store.begin(SHAPES, STAMP);
      await store.flush(id, batch(5, { a: { count: 5 }, b: { count: 5 }, c: { count: 5 } }, { shard: 1 }));
      await store.flush(id, batch(4, { a: { count: 4 } }, { shard: 2 }));
      await store.flush(id, batch(6, { b: { count: 6 } }, { shard: 3 }));
      await store.flush(id, batch(7, { d: { count: 7 }, c: null }, { shard: 1 }));
      await store.ready(id);
      const found = await Promise.all(['a', 'b', 'c', 'd'].map((one) => document(one, id)));
      expect(found).toEqual([{ count: 5 }, { count: 6 }, undefined, { count: 7 }]);
    });

    test('a late batch does not take a checkpoint back', async () => {
      await store.flush(generation, batch(9, {}));
      await store.flush(generation, batch(8, {}));
      expect((await store.checkpoints(generation)).get(7)).toBe(at(9));
    });

    test('a batch without shards writes documents and leaves checkpoints', async () => {
      await store.flush(generation, { ...batch(9, { b: { count: 1 } }), shards: [] });
      expect(await document('b')).toEqual({ count: 1 });
      expect((await store.checkpoints(generation)).get(7)).toBe(at(1));
    });

    test('a document that contradicts its declared fields is refused, and nothing of its batch is kept', async () => {
      await expect(store.flush(generation, batch(5, { b: { team: 'blue' }, c: { priority: 'high' } }))).rejects.toThrow(
        'queues c: priority is declared as integer, but holds "high"',
      );
      expect(await document('b')).toBeUndefined();
      expect((await store.checkpoints(generation)).get(7)).toBe(at(1));
    });

    test('documents are loaded by id, those that are there', async () => {
      await store.flush(generation, batch(5, { 'b"\'?': { text: 'Zoë 👋', deep: { list: [1, null] } } }));
      const loaded = await store.load(generation, 'queues', ['a', 'b"\'?', 'nobody']);
      expect([...loaded.keys()].toSorted()).toEqual(['a', 'b"\'?']);
      expect(loaded.get('b"\'?')?.document).toEqual({ text: 'Zoë 👋', deep: { list: [1, null] } });
    });
  });

  describe('find', () => {
    test('a page has 50 documents unless asked otherwise, and says when there is more', async () => {
      const ids = Array.from({ length: 120 }, (_, n) => String(n).padStart(3, '0'));
      await serve(store, Object.fromEntries(ids.map((id) => [id, { team: 'red' }])));
      const page = await store.find('queues', {});
      expect(idsOf(page.documents)).toEqual(ids.slice(0, 50));
      expect((await store.find('queues', { limit: 120 })).next).toBeUndefined();
      expect((await store.find('queues', { limit: 119 })).next).toBeDefined();
      expect(idsOf(await allPages(store, { limit: 7, sort: [{ field: 'team', direction: 'desc' }] }))).toEqual(
        ids.toReversed(),
      );
    });

    test('paging meets each once, though what it has passed changes', async () => {
      const generation = await serve(store, { a: { priority: 1 }, b: { priority: 2 }, c: { priority: 3 } });
      const query = { sort: [{ field: 'priority', direction: 'asc' }], limit: 1 } as const;
      const first = await store.find('queues', query);
      await store.flush(generation, batch(2, { a: { priority: 0 } }));
      const second = await store.find('queues', { ...query, after: first.next ?? '' });
      expect(idsOf([...first.documents, ...second.documents])).toEqual(['a', 'b']);
    });

    test('null and missing are lowest', async () => {
      await serve(store, { a: { priority: 1 }, b: {}, c: { priority: null }, d: { priority: -5 } });
      for (const limit of [1, 2, 50]) {
        const asc = await allPages(store, { limit, sort: [{ field: 'priority', direction: 'asc' }] });
        expect(idsOf(asc)).toEqual(['b', 'c', 'd', 'a']);
        const desc = await allPages(store, { limit, sort: [{ field: 'priority', direction: 'desc' }] });
        expect(idsOf(desc)).toEqual(['a', 'd', 'c', 'b']);
      }
    });

    test('a cursor is refused as stale after a switch', async () => {
      await serve(store, { a: {}, b: {} });
      const { next } = await store.find('queues', { limit: 1 });
      await serve(store, { a: {}, b: {} });
      expect(await refusal(store.find('queues', { limit: 1, after: next ?? '' }))).toMatchObject({
        field: 'after',
        message: expect.stringContaining('stale'),
      });
    });

    test('a cursor of another question, or of nobody, is refused', async () => {
      await serve(store, { a: {}, b: {} });
      const after = (await store.find('queues', { limit: 1 })).next ?? '';
      const sort = [{ field: 'team', direction: 'asc' }] as const;
      expect((await refusal(store.find('queues', { limit: 1, after, sort }))).message).toContain('another query');
      for (const made of ['', 'soon', Buffer.from('[1,2]').toString('base64url')])
        expect((await refusal(store.find('queues', { after: made }))).message).toContain('not a cursor');
    });

    test.each([
      [{ filter: { colour: 'red' } }, 'colour', 'There is no field "colour"'],
      [{ filter: { $where: 'true' } }, '$where', 'no operator'],
      [{ filter: { priority: { $gt: 'x' } } }, 'priority.$gt', 'whole number'],
      [{ sort: [{ field: 'colour', direction: 'asc' }] }, 'sort', `can't be sorted by "colour"`],
      [{ sort: [{ field: 'tags', direction: 'asc' }] }, 'sort', `can't be sorted by "tags"`],
      [{ sort: [{ field: 'constructor', direction: 'asc' }] }, 'sort', `can't be sorted`],
      [{ sort: [{ field: 'team', direction: 'up' as 'asc' }] }, 'sort', 'asc or desc'],
      [{ limit: 0 }, 'limit', 'from 1 to 1000'],
      [{ limit: 1_001 }, 'limit', 'from 1 to 1000'],
      [{ limit: 1.5 }, 'limit', 'from 1 to 1000'],
    ] as const)('%j is refused in words', async (query, field, message) => {
      await serve(store, {});
      expect(await refusal(store.find('queues', query))).toEqual({ field, message: expect.stringContaining(message) });
    });

    test('a read model that does not exist is refused, naming those that do', async () => {
      await serve(store, {});
      expect((await refusal(store.find('orders', {}))).message).toContain('They are queues, root-causes.');
    });
  });

  describe('a read model whose ids begin with a field', () => {
    const CLOCKS: CollectionShape = {
      name: 'clocks',
      version: 1,
      fields: { case: 'string', state: 'string' },
      indexes: [],
      lookups: [['state']],
      idBegins: 'case',
    };
    const flushed = async (documents: Readonly<Record<string, Document>>): Promise<number> => {
      const { id } = await store.begin([CLOCKS], STAMP);
      await store.flush(id, batch(1, documents, { collection: 'clocks' }));
      await store.ready(id);
      return id;
    };

    test('finds by it the documents of that value alone', async () => {
      const clock = (of: string, state: string | null = 'running') => ({ case: of, state });
      const generation = await flushed({
        'a:1': clock('a'),
        'a:2': clock('a', null),
        'ab:1': clock('ab'),
        'b:1': clock('b'),
      });
      const found = async (filter: Filter) => idsOf((await store.find('clocks', { filter }, generation)).documents);
      expect(await found({ case: 'a' })).toEqual(['a:1', 'a:2']);
      expect(await found({ case: { $in: ['a', 'b', 'c'] } })).toEqual(['a:1', 'a:2', 'b:1']);
      expect(await found({ case: { $nin: ['a'] } })).toEqual(['ab:1', 'b:1']);
      expect(await found({ case: { $ne: 'a' } })).toEqual(['ab:1', 'b:1']);
      expect(await found({ case: 'a', state: 'running' })).toEqual(['a:1']);
      expect(await found({ state: null })).toEqual(['a:2']);
    });

    test('refuses a document that would not be found by it', async () => {
      await expect(flushed({ 'b:1': { case: 'a' } })).rejects.toThrow(
        'clocks b:1: the id must begin with case and a colon, "a:". Fix the projection.',
      );
    });
  });

  describe('group', () => {
    test('counts, sums and counts by filter, by declared fields, in their order', async () => {
      await serve(store, {
        a: { team: 'red', open: true, amount: 1.5, priority: 1 },
        b: { team: 'red', open: true, amount: 2, priority: 2 },
        c: { team: 'red', open: false },
        d: { open: true, priority: 3, dueAt: null },
      });
      const sums = { amount: 'amount', points: 'priority' };
      const counts = { urgent: { priority: { $lte: 1 } }, later: { priority: { $ne: 1 } } };
      expect(await store.group('queues', { by: ['team', 'open'], sums, counts })).toEqual([
        { team: null, open: true, count: 1, amount: 0, points: 3, urgent: 0, later: 1 },
        { team: 'red', open: false, count: 1, amount: 0, points: 0, urgent: 0, later: 1 },
        { team: 'red', open: true, count: 2, amount: 3.5, points: 3, urgent: 1, later: 1 },
      ]);
      expect(await store.group('queues', { by: [], filter: { open: true } })).toEqual([{ count: 3 }]);
      expect(await store.group('queues', { by: [], filter: { team: 'blue' } })).toEqual([]);
    });

    test.each([
      [{ by: ['colour'] }, `can't be grouped by "colour"`],
      [{ by: ['tags'] }, `can't be grouped by "tags"`],
      [{ by: ['team'], sums: { x: 'team' } }, 'is not a number'],
      [{ by: ['team'], sums: { count: 'priority' } }, 'Two results would be called "count"'],
      [{ by: ['team'], counts: { x: { colour: 1 } } }, 'There is no field "colour"'],
    ])('%j is refused in words', async (query, message) => {
      await serve(store, {});
      expect((await refusal(store.group('queues', query))).message).toContain(message);
    });
  });

  describe('scan', () => {
    const collect = async (asked?: { shard?: number; generation?: number }): Promise<StoredDocument[]> => {
      const all: StoredDocument[] = [];
      for await (const documents of store.scan('queues', asked)) all.push(...documents);
      return all;
    };

    test('all documents come once, in id order, of all shards or of one', async () => {
      const generation = await serve(store, {});
      const ids = Array.from({ length: 2_500 }, (_, n) => `${n}`);
      await store.flush(
        generation,
        batch(2, Object.fromEntries(ids.slice(0, 2_200).map((id) => [id, {}])), { shard: 1 }),
      );
      await store.flush(generation, batch(2, Object.fromEntries(ids.slice(2_200).map((id) => [id, {}])), { shard: 2 }));
      expect(idsOf(await collect())).toEqual(ids.toSorted());
      expect(idsOf(await collect({ shard: 1 }))).toEqual(ids.slice(0, 2_200).toSorted());
      expect(idsOf(await collect({ shard: 2, generation }))).toEqual(ids.slice(2_200).toSorted());
      expect(await collect({ shard: 3 })).toEqual([]);
    });

    test('a build that is not ready can be scanned', async () => {
      const { id } = await store.begin([QUEUES], STAMP);
      await store.flush(id, batch(1, { b: { x: 1 }, a: { x: 2 } }));
      expect(await collect({ generation: id, shard: 7 })).toEqual([
        { id: 'a', shard: 7, position: at(1), document: { x: 2 } },
        { id: 'b', shard: 7, position: at(1), document: { x: 1 } },
      ]);
    });

    test('upper case stands before lower case, and letters with marks after both', async () => {
      await serve(store, { é: {}, b: {}, a: {}, B: {} });
      expect(idsOf(await collect())).toEqual(['B', 'a', 'b', 'é']);
    });

    const beyond = 'characters beyond the first 65,536 stand after all others';
    (leftOut[beyond] === undefined ? test : test.skip)(beyond, async () => {
      await serve(store, { '👋': {}, '\uFF5E': {} });
      expect(idsOf(await collect())).toEqual(['\uFF5E', '👋']);
    });
  });

  readStoreMatchesMingo(() => store);
}
