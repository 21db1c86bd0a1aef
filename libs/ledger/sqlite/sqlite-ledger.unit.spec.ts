import { describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ledgerContract } from '../ledger.contract.js';
import { type Ledger, LedgerDamaged, LedgerFormatRefused, LedgerUnavailable } from '../ledger.js';
import type { Sync } from '../../sqlite/log-sync.js';
import { SqliteLedger } from './sqlite-ledger.js';

const freshPath = (): string => join(mkdtempSync(join(tmpdir(), 'amends-ledger-')), 'ledger.db');

describe('the ledger in SQLite', () => {
  const run = (ledger: Ledger, sql: string, ...values: string[]): void =>
    void (ledger as unknown as { database: DatabaseSync }).database.prepare(sql).run(...values);
  ledgerContract(async () => SqliteLedger.open({ path: freshPath(), mode: 'write' }), {
    value: async (ledger, key, text) => run(ledger, 'UPDATE records SET value = ? WHERE key = ?', text, key),
    checksum: async (ledger, key) => run(ledger, 'UPDATE records SET checksum = NULL WHERE key = ?', key),
  });

  test('a file of before there were checksums is read, and gets them from its next puts on', async () => {
    const path = freshPath();
    const old = new DatabaseSync(path);
    old.exec(`CREATE TABLE records (
        key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL, version INTEGER NOT NULL, due_at TEXT,
        kind TEXT NOT NULL GENERATED ALWAYS AS (substr(key, 1, instr(key || '/', '/') - 1)) VIRTUAL
      ) STRICT, WITHOUT ROWID;
      INSERT INTO records VALUES ('a/1', '1', 1, NULL), ('a/2', '2', 1, NULL);
      PRAGMA user_version = 1`);
    old.close();
    const reader = SqliteLedger.open({ path, mode: 'read' });
    const writer = SqliteLedger.open({ path, mode: 'write' });
    expect((await reader.list('')).map(({ value }) => value)).toEqual([1, 2]);
    expect(await writer.put({ key: 'a/1', value: 3, expected: 1 })).toBe(2);
    run(writer, 'UPDATE records SET value = 7');
    expect((await writer.get('a/2'))?.value).toBe(7);
    await expect(writer.get('a/1')).rejects.toThrow(LedgerDamaged);
    expect((await writer.damages(10)).map(({ key }) => key)).toEqual(['a/1']);
    await reader.close();
    await writer.close();
  });

  test.each<[string, RegExp, (path: string) => void]>([
    ['cut off', /is damaged: /, (path) => truncateSync(path, 5_000)],
    ['empty', /is damaged: it is empty/, (path) => truncateSync(path, 0)],
    ['text', /SQLite says "file is not a database"/, (path) => writeFileSync(path, 'hello '.repeat(1_000))],
  ])('a file that is %s is refused in words, or found to be damaged', async (_, words, damage) => {
    const path = freshPath();
    const ledger = SqliteLedger.open({ path, mode: 'write' });
    for (let n = 0; n < 20; n++) await ledger.put({ key: `a/${n}`, value: 'x'.repeat(500) });
    await ledger.close();
    damage(path);
    const damages = async () => SqliteLedger.open({ path, mode: 'read' }).damages(10);
    const said = await damages().catch((error: unknown) => [error]);
    expect(said[0]).toBeInstanceOf(LedgerDamaged);
    expect(String(said[0])).toMatch(words);
    expect(String(said[0])).toContain(`${path} is damaged`);
  });

  test('what was put is there after it is opened again', async () => {
    const path = freshPath();
    const before = SqliteLedger.open({ path, mode: 'write' });
    await before.put({ key: 'seal/1', value: { hash: 'abc' } });
    await before.close();
    const after = SqliteLedger.open({ path, mode: 'write' });
    expect(await after.get('seal/1')).toEqual({ key: 'seal/1', value: { hash: 'abc' }, version: 1 });
    await after.close();
  });

  test('a close keeps what was put before it', async () => {
    const path = freshPath();
    const ledger = SqliteLedger.open({ path, mode: 'write' });
    const putting = ledger.put({ key: 'a/1', value: 1 });
    await ledger.close();
    expect(await putting).toBe(1);
  });

  test('a reader sees what a writer put, and is refused to write, in words', async () => {
    const path = freshPath();
    const writer = SqliteLedger.open({ path, mode: 'write' });
    const reader = SqliteLedger.open({ path, mode: 'read' });
    await writer.put({ key: 'a/1', value: 1 });
    expect((await reader.get('a/1'))?.value).toBe(1);
    await expect(reader.put({ key: 'a/1', value: 2 })).rejects.toThrow('opened for reading');
    await expect(reader.remove('a/1')).rejects.toThrow('opened for reading');
    await reader.close();
    await writer.close();
  });

  test('compare-and-set holds between two connections', async () => {
    const path = freshPath();
    const one = SqliteLedger.open({ path, mode: 'write' });
    const other = SqliteLedger.open({ path, mode: 'write' });
    const outcomes = await Promise.allSettled(
      [one, other].map((ledger, n) => ledger.put({ key: 'lease/a', value: n, expected: 0 })),
    );
    expect(outcomes.map((outcome) => outcome.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    await one.close();
    await other.close();
  });

  test('a file of a later format is refused in words', async () => {
    const path = freshPath();
    const database = new DatabaseSync(path);
    database.exec('PRAGMA user_version = 99');
    database.close();
    expect(() => SqliteLedger.open({ path, mode: 'write' })).toThrow(LedgerFormatRefused);
  });

  test('when the group can not be committed every one of it fails and nothing is kept', async () => {
    const path = freshPath();
    const ledger = SqliteLedger.open({ path, mode: 'write' });
    const blocking = new DatabaseSync(path);
    blocking.exec(
      "CREATE TRIGGER full BEFORE INSERT ON records WHEN NEW.key = 'b/1' BEGIN SELECT RAISE(ABORT, 'no room'); END",
    );
    blocking.close();
    const outcomes = await Promise.allSettled(['a/1', 'b/1', 'c/1'].map((key) => ledger.put({ key, value: 0 })));
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(await ledger.list('')).toEqual([]);
    expect(await ledger.put({ key: 'a/1', value: 0 })).toBe(1);
    await ledger.close();
  });

  test('on a full disk it says that it can not work now, reads on, and works again once there is room', async () => {
    const ledger = SqliteLedger.open({ path: freshPath(), mode: 'write' });
    await ledger.put({ key: 'a/1', value: 1 });
    const { database } = ledger as unknown as { database: DatabaseSync };
    database.exec('PRAGMA max_page_count = 10');
    const long = { key: 'a/2', value: 'x'.repeat(100_000) };
    await expect(ledger.put(long)).rejects.toThrow(LedgerUnavailable);
    await expect(ledger.putMany([long])).rejects.toThrow('is full. Nothing of this write was kept. Make room');
    expect((await ledger.list('')).map(({ key }) => key)).toEqual(['a/1']);
    database.exec('PRAGMA max_page_count = 1000000');
    expect(await ledger.put(long)).toBe(1);
    await ledger.close();
  });

  test('one that another program keeps locked says that it can not work now', async () => {
    const path = freshPath();
    const ledger = SqliteLedger.open({ path, mode: 'write' });
    const { database } = ledger as unknown as { database: DatabaseSync };
    database.exec('PRAGMA busy_timeout = 0');
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    await expect(ledger.put({ key: 'a/1', value: 1 })).rejects.toThrow(LedgerUnavailable);
    other.close();
    expect(await ledger.put({ key: 'a/1', value: 1 })).toBe(1);
    await ledger.close();
  });

  test('what a reader keeps on the disk is shredded once the reader has ended', async () => {
    const path = freshPath();
    const ledger = SqliteLedger.open({ path, mode: 'write', shred: true });
    await ledger.put({ key: 'a/1', value: 1 });
    const { database } = ledger as unknown as { database: DatabaseSync };
    database.exec('PRAGMA busy_timeout = 0');
    const reader = new DatabaseSync(path);
    reader.exec('BEGIN');
    reader.prepare('SELECT * FROM records').all();
    await expect(ledger.remove('a/1')).rejects.toThrow(LedgerUnavailable);
    reader.close();
    await ledger.remove('a/1');
    expect(readFileSync(`${path}-wal`)).toHaveLength(0);
    await ledger.close();
  });

  test('one that can not be opened says so, and what to do', () => {
    const path = join(freshPath(), 'nowhere', 'ledger.db');
    expect(() => SqliteLedger.open({ path, mode: 'write' })).toThrow(LedgerUnavailable);
    expect(() => SqliteLedger.open({ path, mode: 'read' })).toThrow(`${path} can't be opened. Check that the folder`);
  });

  describe('while a sync runs', () => {
    const onSlowDisk = () => {
      const ends: ((error?: Error) => void)[] = [];
      const disk = (sync: Sync): Sync => ({ ...sync, later: (done) => ends.push(done) });
      return { ends, ledger: SqliteLedger.open({ path: freshPath(), mode: 'write', disk }) };
    };
    const turn = () => new Promise((resolve) => setImmediate(resolve));

    test('nobody is shown what a power cut could take back', async () => {
      const { ends, ledger } = onSlowDisk();
      const puts = ['a/1', 'a/2'].map((key) => ledger.put({ key, value: 1 }));
      await turn();
      const seen: string[] = [];
      const reads = [
        ledger.get('a/1').then(() => seen.push('get')),
        ledger.list('a/').then(() => seen.push('list')),
        ledger.get('b/1').then(() => seen.push('another')),
      ];
      await turn();
      expect(seen).toEqual(['another']);
      ends[0]?.();
      await Promise.all([...puts, ...reads]);
      await ledger.close();
    });
    test('and fails, the writes are refused, and all later ones, in words', async () => {
      const { ends, ledger } = onSlowDisk();
      const puts = Promise.allSettled(['a/1', 'a/2'].map((key) => ledger.put({ key, value: 1 })));
      await turn();
      ends[0]?.(new Error('EIO'));
      expect((await puts).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      await expect(ledger.put({ key: 'a/3', value: 1 })).rejects.toThrow(
        /takes no more writes since the disk failed \(EIO\)\. Put it right, then start again/,
      );
      await ledger.close();
    });
  });

  test('what is due of a kind is found by its index', () => {
    const path = freshPath();
    void SqliteLedger.open({ path, mode: 'write' }).close();
    const database = new DatabaseSync(path);
    const plan = database
      .prepare(
        `EXPLAIN QUERY PLAN SELECT key FROM records WHERE kind = ? AND due_at <= ? AND key >= ? AND key < ?
         ORDER BY due_at, key LIMIT 10`,
      )
      .all()
      .map((row) => row['detail']);
    database.close();
    expect(plan).toEqual([expect.stringContaining('records_due')]);
  });
});
