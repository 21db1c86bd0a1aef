import { afterAll, afterEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Db, MongoClient } from 'mongodb';
import { describeOn, freshDatabase, leaveOut, mongoDbForTests } from '../../../test/engines/engines.testing.js';
import { isTestServer } from '../../../test/engines/mongodb.js';
import type { Document } from '../../event-sourcing/projection.js';
import { anyDocument, anyFilter } from '../../filter/filter.testing.js';
import { readStoreContract } from '../read-store.contract.js';
import { anySort, documentsById } from '../read-store-oracle.contract.js';
import type { ReadStore } from '../read-store.js';
import { allPages, at, batch, idsOf, QUEUES, serve, SHAPES, STAMP } from '../read-store.testing.js';
import { SqliteReadStore } from '../sqlite/sqlite-read-store.js';
import { MongoReadStore, type MongoReadStoreOptions } from './mongo-read-store.js';

const mongoDb = await mongoDbForTests();
afterAll(() => (mongoDb.present ? mongoDb.stop() : undefined));

const testServer = mongoDb.present && (await isTestServer(mongoDb.url));
const leftOut = testServer
  ? leaveOut('the read store in MongoDB', {
      'characters beyond the first 65,536 stand after all others': 'the test server orders text by UTF-16',
      'analysts find the live read models under stable names': "the test server's views are empty",
      'a page of any declared order is read from its index': 'the test server does not explain',
    })
  : {};
const onRealMongoDb = testServer ? test.skip : test;

describeOn(mongoDb, 'the read store in MongoDB', (url) => {
  readStoreContract(() => MongoReadStore.open({ url: freshDatabase(url), mode: 'write' }), leftOut);
});

describeOn(mongoDb, 'a database of read models', (url) => {
  const opened: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
  });
  const open = async (database: string, options: Partial<MongoReadStoreOptions> = {}): Promise<MongoReadStore> => {
    const store = await MongoReadStore.open({ url: database, mode: 'write', ...options });
    opened.push(store);
    return store;
  };
  const look = (database: string): Db => {
    const client = new MongoClient(database);
    opened.push(client);
    return client.db();
  };
  const inSqlite = (): SqliteReadStore => {
    const store = SqliteReadStore.open({ path: ':memory:', mode: 'write' });
    opened.push(store);
    return store;
  };

  test('random filters, sorts and pages give the same documents in the same order as SQLite', async () => {
    const [mongo, sqlite] = [await open(freshDatabase(url)), inSqlite()];
    const query = fc.record({ filter: anyFilter, sort: anySort, limit: fc.integer({ min: 1, max: 8 }) });
    await fc.assert(
      fc.asyncProperty(documentsById, fc.array(query, { minLength: 5, maxLength: 5 }), async (documents, queries) => {
        for (const store of [mongo, sqlite]) await replaceLive(store, documents);
        for (const one of queries) expect(await allPages(mongo, one)).toEqual(await allPages(sqlite, one));
      }),
      { numRuns: 50 },
    );
  });

  test('random groups are the same as in SQLite', async () => {
    const [mongo, sqlite] = [await open(freshDatabase(url)), inSqlite()];
    const by = fc.uniqueArray(fc.constantFrom('team', 'open', 'priority', 'dueAt', 'id'), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(documentsById, by, anyFilter, anyFilter, async (documents, fields, filter, counted) => {
        for (const store of [mongo, sqlite]) await replaceLive(store, documents);
        const query = { by: fields, filter, sums: { points: 'priority' }, counts: { counted } };
        expect(await mongo.group('queues', query)).toEqual(await sqlite.group('queues', query));
      }),
      { numRuns: 50 },
    );
  });

  test('random batches in random order, from two workers at once, end as the last of history says', async () => {
    const database = freshDatabase(url);
    const workers = [await open(database), await open(database)];
    const [one] = workers;
    if (!one) throw new Error('No worker was opened.');
    const history = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.option(anyDocument)), {
      minLength: 1,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(history, fc.infiniteStream(fc.nat()), async (said, numbers) => {
        const generation = await replaceLive(one, {});
        const flushes = said.map(([id, document], n) => batch(n + 2, { [id]: document }));
        const shuffled = [...flushes, ...flushes]
          .map((flush) => ({ flush, rank: numbers.next().value }))
          .toSorted((a, b) => a.rank - b.rank);
        await Promise.all(
          workers.map(async (worker, n) => {
            for (const [index, { flush }] of shuffled.entries())
              if (index % 2 === n) await worker.flush(generation, flush);
          }),
        );
        for (const id of ['a', 'b', 'c']) {
          const last = said.findLast(([of]) => of === id)?.[1] ?? undefined;
          expect((await one.get('queues', id))?.document).toEqual(last && JSON.parse(JSON.stringify(last)));
        }
        expect((await one.checkpoints(generation)).get(7)).toBe(at(said.length + 1));
      }),
      { numRuns: 30 },
    );
  });

  test('two workers that make the same document at the same time leave the later one', async () => {
    const database = freshDatabase(url);
    const [one, other] = [await open(database), await open(database)];
    const generation = await serve(one, {});
    for (let n = 0; n < 50; n++)
      await Promise.all([
        one.flush(generation, batch(5, { [`d${n}`]: { count: 5 } })),
        other.flush(generation, batch(6, { [`d${n}`]: { count: 6 } })),
      ]);
    const { documents } = await one.find('queues', { limit: 100 });
    expect(documents).toHaveLength(50);
    expect(new Set(documents.map(({ count }) => count))).toEqual(new Set([6]));
  });

  test('a document comes back as it was, whatever its fields are called', async () => {
    const database = freshDatabase(url);
    const store = await open(database);
    const awkward: Record<string, Document> = {
      dots: { team: 'red', byQueue: { 'a.b': 1, $sum: 2, '': 3 } },
      ours: { team: 'red', _id: 'x', amends: { shown: false } },
      prototype: JSON.parse('{"team":"red","__proto__":{"a":1},"nested":{"__proto__":2}}') as Document,
      driver: { team: 'red', reported: { _bsontype: 'met' } },
      text: { team: 'red', note: 'a\0b', half: '\uD83D' },
      numbers: { team: 'red', large: 2 ** 53 - 1, above: 2 ** 31, small: -1e-9, tenth: 0.1 },
      deep: { team: 'red', list: JSON.parse('['.repeat(200) + ']'.repeat(200)) as unknown },
    };
    await serve(store, awkward);
    for (const [id, document] of Object.entries(awkward))
      expect(JSON.stringify((await store.get('queues', id))?.document)).toBe(JSON.stringify(document));
    expect(idsOf((await store.find('queues', { filter: { team: 'red' } })).documents)).toHaveLength(7);
  });

  test('a batch of a build that was cut off half-way is delivered again, by another process too', async () => {
    const database = freshDatabase(url);
    let cut = false;
    const store = await open(database, {
      crashPoint: (name) => {
        if (cut && name === 'read-store: documents written') throw new Error('The process ends here.');
      },
    });
    const { id } = await store.begin(SHAPES, STAMP);
    await store.flush(id, batch(1, { a: { count: 1 }, b: { count: 1 } }));
    cut = true;
    await expect(store.flush(id, batch(2, { a: { count: 2 }, b: null }))).rejects.toThrow('ends here');
    expect((await store.checkpoints(id)).get(7)).toBe(at(1));
    const again = await open(database);
    await again.flush(id, batch(2, { a: { count: 2 }, b: null }));
    await again.flush(id, batch(3, { a: { count: 3 } }));
    await again.ready(id);
    await again.switchTo(id, undefined);
    expect((await again.find('queues', {})).documents).toEqual([{ count: 3, id: 'a' }]);
    expect((await again.checkpoints(id)).get(7)).toBe(at(3));
  });

  test('what a process that ended in a release left behind is dropped by the next build', async () => {
    const database = freshDatabase(url);
    const store = await open(database);
    const first = await serve(store, { a: {} });
    await serve(store, { a: {} });
    // As if the process had ended after the registry forgot the build.
    await look(database)
      .collection<{ _id: string }>('amends_generations')
      .updateOne({ _id: 'generations' }, { $pull: { generations: { id: first } } as never, $inc: { version: 1 } });
    await store.begin(SHAPES, STAMP);
    const names = (await look(database).listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
    expect(names.filter((name) => name.startsWith(`amends_g${first}_`))).toEqual([]);
    expect(names).toContain(`amends_g${first + 1}_queues`);
  });

  test('a build that another process released is refused, not found empty', async () => {
    const database = freshDatabase(url);
    const [one, other] = [await open(database), await open(database)];
    const first = await serve(one, { a: {} });
    expect((await other.find('queues', {}, first)).documents).toHaveLength(1);
    await serve(one, { a: {} });
    await one.release(first);
    await expect(other.find('queues', {}, first)).rejects.toThrow(`There is no generation ${first}`);
    await expect(other.flush(first, batch(9, { a: {} }))).rejects.toThrow(`There is no generation ${first}`);
    expect((await other.find('queues', {})).documents).toHaveLength(1);
  });

  test('of two processes that switch at the same time one does, and the other is told', async () => {
    const database = freshDatabase(url);
    const stores = [await open(database), await open(database)];
    const [one] = stores;
    const live = one && (await serve(one, {}));
    const builds = await Promise.all(
      stores.map(async (store) => {
        const { id } = await store.begin(SHAPES, STAMP);
        await store.ready(id);
        return { store, id };
      }),
    );
    const outcomes = await Promise.allSettled(builds.map(({ store, id }) => store.switchTo(id, live)));
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { name: 'GenerationConflict' },
    });
    expect((await one?.generations())?.map(({ status }) => status).toSorted()).toEqual(['live', 'ready', 'retired']);
  });

  test('the indexes are those that the read models declare, each ended by id', async () => {
    const database = freshDatabase(url);
    const generation = await serve(await open(database), { a: { team: 'red' } });
    const indexes = await look(database).collection(`amends_g${generation}_queues`).indexes();
    const keys = indexes.map(({ key }) => Object.keys(key as object).join());
    const declared = QUEUES.indexes.map((fields) => [...fields, '_id'].join());
    expect(keys.toSorted()).toEqual(['_id', 'amends.shard,_id', ...declared].toSorted());
  });

  onRealMongoDb('a page of any declared order is read from its index', async () => {
    const database = freshDatabase(url);
    const documents = Object.fromEntries(
      Array.from({ length: 500 }, (_, n) => [`${n}`, { team: `t${n % 5}`, dueAt: `2031-05-05T09:00:00.${n % 10}00Z` }]),
    );
    const generation = await serve(await open(database), documents);
    const plan = await look(database)
      .collection(`amends_g${generation}_queues`)
      .find({ $and: [{ 'amends.shown': true }, { team: 't1' }] }, { sort: { dueAt: 1, _id: 1 }, limit: 51 })
      .explain('queryPlanner');
    expect(JSON.stringify(plan)).toContain('IXSCAN');
    expect(JSON.stringify(plan)).not.toContain('"stage":"SORT"');
  });

  onRealMongoDb('analysts find the live read models under stable names', async () => {
    const database = freshDatabase(url);
    const store = await open(database);
    const first = await serve(store, { a: { team: 'red' }, b: { team: 'blue' } });
    await store.flush(first, batch(2, { b: null }));
    const queues = look(database).collection('queues');
    expect(await queues.find().toArray()).toEqual([{ _id: 'a', amends: { generation: first }, team: 'red' }]);
    const second = await serve(store, { c: { team: 'blue' } });
    expect(await queues.find().toArray()).toEqual([{ _id: 'c', amends: { generation: second }, team: 'blue' }]);
    await store.switchTo(first, second);
    expect(await queues.countDocuments({ team: 'red' })).toBe(1);
    expect(await look(database).listCollections({ name: 'queues_facts' }).toArray()).toEqual([]);
  });

  test('a reader changes nothing, and says so', async () => {
    const database = freshDatabase(url);
    const generation = await serve(await open(database), { a: {} });
    const reader = await open(database, { mode: 'read' });
    expect(await reader.get('queues', 'a')).toBeDefined();
    await expect(reader.begin(SHAPES, STAMP)).rejects.toThrow('opened for reading');
    await expect(reader.flush(generation, batch(2, {}))).rejects.toThrow('opened for reading');
  });
});

test('read models that can not be reached are refused in words, soon', async () => {
  const opening = MongoReadStore.open({ url: 'mongodb://u:secret@127.0.0.1:1', mode: 'read', timeoutMs: 300 });
  await expect(opening).rejects.toMatchObject({ name: 'ReadStoreUnavailable' });
  await expect(opening).rejects.not.toThrow('secret');
});

async function replaceLive(store: ReadStore, documents: Readonly<Record<string, Document>>): Promise<number> {
  const before = await store.live();
  const generation = await serve(store, documents);
  if (before) await store.release(before.id);
  return generation;
}
