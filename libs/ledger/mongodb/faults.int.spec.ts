import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import { describeOn, freshDatabase, mongoDbForTests } from '../../../test/engines/engines.testing.js';
import { isTestServer, startMongoDb } from '../../../test/engines/mongodb.js';
import { startProxy, type TcpProxy } from '../../../test/faults/tcp-proxy.testing.js';
import { type Ledger, LedgerUnavailable, VersionConflict } from '../ledger.js';
import { MongoLedger } from './mongo-ledger.js';

const mongoDb = await mongoDbForTests();
afterAll(() => (mongoDb.present ? mongoDb.stop() : undefined));
const ownServer = mongoDb.present && (await isTestServer(mongoDb.url)) ? test : test.skip;

/** Asks again until it is answered: what was asked may have been done before. */
async function answered<T>(ask: () => Promise<T>): Promise<T> {
  for (;;)
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof LedgerUnavailable)) throw error;
    }
}

/** Adds an entry to a record's list once, as whoever shares a record does it: read, look, compare and set. */
async function enter(ledger: Ledger, key: string, entry: string): Promise<void> {
  for (;;) {
    const found = await answered(() => ledger.get<readonly string[]>(key));
    if (found?.value.includes(entry)) return;
    try {
      await ledger.put({ key, value: [...(found?.value ?? []), entry], expected: found?.version ?? 0 });
    } catch (error) {
      if (!(error instanceof LedgerUnavailable || error instanceof VersionConflict)) throw error;
    }
  }
}

describeOn(mongoDb, 'a ledger behind a bad network', (url) => {
  let proxy: TcpProxy;
  let ledger: MongoLedger;

  beforeEach(async () => {
    const database = new URL(freshDatabase(url));
    proxy = await startProxy(Number(database.port || 27_017));
    database.host = `127.0.0.1:${proxy.port}`;
    database.searchParams.set('directConnection', 'true');
    ledger = await MongoLedger.open({ url: database.href, mode: 'write', timeoutMs: 2_000 });
  });
  afterEach(async () => {
    await ledger.close();
    await proxy.stop();
  });

  /** Cuts again and again while the work lasts, each time after some more bytes, so that it comes to its end. */
  const cutting = async (firstAfter: number, work: Promise<unknown>): Promise<number> => {
    let [cuts, at] = [0, proxy.bytes + firstAfter];
    const watch = setInterval(() => {
      if (proxy.bytes < at) return;
      cuts += 1;
      at = proxy.bytes + firstAfter * (cuts + 1);
      proxy.cut();
    });
    try {
      await work;
    } finally {
      clearInterval(watch);
    }
    return cuts;
  };

  test('a record that two workers share has every entry once, though they are cut off in mid-request', async () => {
    const entries = (worker: string): string[] => Array.from({ length: 25 }, (_, n) => `${worker} ${n}`);
    const work = ['ana', 'ben'].map(async (worker) => {
      for (const entry of entries(worker)) await enter(ledger, 'lease/1', entry);
    });
    expect(await cutting(4_000, Promise.all(work))).toBeGreaterThan(0);
    const found = (await ledger.get<string[]>('lease/1'))?.value ?? [];
    for (const worker of ['ana', 'ben'])
      expect(found.filter((entry) => entry.startsWith(worker))).toEqual(entries(worker));
    expect(found).toHaveLength(50);
  });

  test('many puts that are cut off and given again are all there', async () => {
    const puts = Array.from({ length: 3_000 }, (_, n) => ({ key: `seal/${String(n).padStart(5, '0')}`, value: n }));
    expect(
      await cutting(
        60_000,
        answered(() => ledger.putMany(puts)),
      ),
    ).toBeGreaterThan(0);
    expect((await ledger.list<number>('seal/')).map(({ value }) => value)).toEqual(puts.map(({ value }) => value));
  });

  test('a server that stalls is given up on in words, and found again when it goes on', async () => {
    await ledger.put({ key: 'lease/1', value: 'ana' });
    proxy.stall();
    await expect(ledger.get('lease/1')).rejects.toThrow(LedgerUnavailable);
    proxy.slow(0);
    proxy.cut();
    expect((await answered(() => ledger.get('lease/1')))?.value).toBe('ana');
  });

  test('a slow server answers as any other', async () => {
    proxy.slow(20);
    await ledger.put({ key: 'lease/1', value: 'ana', expected: 0 });
    await expect(ledger.put({ key: 'lease/1', value: 'ben', expected: 0 })).rejects.toThrow(VersionConflict);
  });
});

describeOn(mongoDb, 'a ledger that is restarted', () => {
  ownServer('what was put is there, and compare-and-set goes on where it was', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'amends-restart-'));
    const before = await startMongoDb(folder);
    const ledger = await MongoLedger.open({ url: before.url, mode: 'write', timeoutMs: 1_000 });
    await ledger.put({ key: 'lease/1', value: 'ana' });
    await before.stop();
    await expect(ledger.put({ key: 'lease/1', value: 'ben', expected: 1 })).rejects.toThrow(LedgerUnavailable);
    const after = await startMongoDb(folder, before.port);
    expect(await answered(() => ledger.get('lease/1'))).toMatchObject({ value: 'ana', version: 1 });
    expect(await ledger.put({ key: 'lease/1', value: 'ben', expected: 1 })).toBe(2);
    await ledger.close();
    await after.stop();
    rmSync(folder, { recursive: true });
  });
});
