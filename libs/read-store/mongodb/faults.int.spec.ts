import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import { describeOn, freshDatabase, mongoDbForTests } from '../../../test/engines/engines.testing.js';
import { isTestServer, startMongoDb } from '../../../test/engines/mongodb.js';
import { startProxy, type TcpProxy } from '../../../test/faults/tcp-proxy.testing.js';
import { type Flush, type ReadStore, ReadStoreUnavailable, type StoredDocument } from '../read-store.js';
import { at, batch, serve, SHAPES, STAMP } from '../read-store.testing.js';
import { SqliteReadStore } from '../sqlite/sqlite-read-store.js';
import { MongoReadStore } from './mongo-read-store.js';

const mongoDb = await mongoDbForTests();
afterAll(() => (mongoDb.present ? mongoDb.stop() : undefined));
const ownServer = mongoDb.present && (await isTestServer(mongoDb.url)) ? test : test.skip;

describeOn(mongoDb, 'a MongoDB behind a bad network', (url) => {
  let proxy: TcpProxy;
  let store: MongoReadStore;
  let direct: string;

  beforeEach(async () => {
    direct = freshDatabase(url);
    const database = new URL(direct);
    proxy = await startProxy(Number(database.port || 27_017));
    database.host = `127.0.0.1:${proxy.port}`;
    database.searchParams.set('directConnection', 'true');
    store = await MongoReadStore.open({ url: database.href, mode: 'write', timeoutMs: 2_000 });
  });
  afterEach(async () => {
    await store.close();
    await proxy.stop();
  });

  /** Cut after so many bytes; then sent again until it is answered. */
  const deliver = async (generation: number, flush: Flush, cutAfter: number): Promise<number> => {
    const from = proxy.bytes;
    let cuts = 0;
    const watch = setInterval(() => {
      if (cuts > 0 || proxy.bytes - from < cutAfter) return;
      cuts += 1;
      proxy.cut();
    });
    try {
      for (;;) {
        try {
          await store.flush(generation, flush);
          return cuts;
        } catch (error) {
          if (!(error instanceof ReadStoreUnavailable)) throw error;
        }
      }
    } finally {
      clearInterval(watch);
    }
  };

  const flushes = (size: number, count: number): Flush[] =>
    Array.from({ length: count }, (_, n) =>
      batch(
        n + 2,
        Object.fromEntries(
          Array.from({ length: size }, (_, d) => [
            `d${(d * 7 + n * 13) % (size * 2)}`,
            (d + n) % 9 === 0 ? null : { team: `t${d % 5}`, priority: n, note: 'x'.repeat(200) },
          ]),
        ),
      ),
    );

  const all = async (of: ReadStore, generation: number): Promise<StoredDocument[]> => {
    const documents: StoredDocument[] = [];
    for await (const some of of.scan('queues', { generation })) documents.push(...some);
    return documents;
  };

  const expected = async (said: readonly Flush[]): Promise<StoredDocument[]> => {
    const sqlite = SqliteReadStore.open({ path: ':memory:', mode: 'write' });
    const { id } = await sqlite.begin(SHAPES, STAMP);
    for (const flush of said) await sqlite.flush(id, flush);
    const documents = await all(sqlite, id);
    await sqlite.close();
    return documents;
  };

  test('a build that is cut off in mid-flush and delivered again has the same documents', async () => {
    const said = flushes(600, 6);
    const { id } = await store.begin(SHAPES, STAMP);
    let cuts = 0;
    for (const [n, flush] of said.entries()) cuts += await deliver(id, flush, 2_000 + n * 15_000);
    expect(cuts).toBeGreaterThan(0);
    expect(await all(store, id)).toEqual(await expected(said));
    expect((await store.checkpoints(id)).get(7)).toBe(at(said.length + 1));
  });

  test('so has a live build that is followed', async () => {
    const said = flushes(60, 12);
    const generation = await serve(store, {});
    let cuts = 0;
    for (const [n, flush] of said.entries()) cuts += await deliver(generation, flush, 500 + n * 1_500);
    expect(cuts).toBeGreaterThan(0);
    expect(await all(store, generation)).toEqual(await expected(said));
  });

  test('a flush of a build that was given up, and arrives when others have written on, takes nothing back', async () => {
    const { id } = await store.begin(SHAPES, STAMP);
    const arrive = proxy.keep('_queues');
    await expect(store.flush(id, batch(1, { a: { count: 1 }, b: { count: 1 } }))).rejects.toThrow(ReadStoreUnavailable);
    const again = await MongoReadStore.open({ url: direct, mode: 'write' });
    await again.flush(id, batch(1, { a: { count: 1 }, b: { count: 1 } }));
    await again.flush(id, batch(2, { a: { count: 2 } }));
    const before = proxy.bytes;
    arrive();
    while (proxy.bytes === before) await new Promise(setImmediate); // until the server has answered
    const documents = await all(again, id);
    await again.close();
    expect(documents.map(({ id, document }) => [id, document])).toEqual([
      ['a', { count: 2 }],
      ['b', { count: 1 }],
    ]);
  });

  test('a server that stalls is given up on in time, in words, and found again when it goes on', async () => {
    await serve(store, { a: { team: 'red' } });
    proxy.stall();
    const began = performance.now();
    await expect(store.find('queues', {})).rejects.toThrow(ReadStoreUnavailable);
    expect(performance.now() - began).toBeLessThan(8_000);
    proxy.slow(0);
    proxy.cut();
    expect((await store.find('queues', {})).documents).toHaveLength(1);
  });

  test('a slow server answers as any other', async () => {
    proxy.slow(20);
    await serve(store, { a: { team: 'red' } });
    expect((await store.get('queues', 'a'))?.document).toEqual({ team: 'red' });
  });
});

describeOn(mongoDb, 'a MongoDB that is restarted', () => {
  ownServer('what was flushed is there, and the store goes on where it was', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'amends-restart-'));
    const before = await startMongoDb(folder);
    const store = await MongoReadStore.open({ url: before.url, mode: 'write', timeoutMs: 1_000 });
    const generation = await serve(store, { a: { count: 1 } });
    await before.stop();
    await expect(store.flush(generation, batch(2, { a: { count: 2 } }))).rejects.toThrow(ReadStoreUnavailable);
    const after = await startMongoDb(folder, before.port);
    expect((await store.get('queues', 'a'))?.document).toEqual({ count: 1 });
    await store.flush(generation, batch(2, { a: { count: 2 } }));
    expect((await store.get('queues', 'a'))?.document).toEqual({ count: 2 });
    await store.close();
    await after.stop();
    rmSync(folder, { recursive: true });
  });
});
