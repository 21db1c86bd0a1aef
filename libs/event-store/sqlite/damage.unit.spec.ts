import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { HistoryDamaged, HistoryUnavailable } from '../event-store.js';
import { allOf, appendOneByOne, LENDING, lendingEvents } from '../lending.testing.js';
import { restoreHistory } from './back-up.js';
import { openHead, readHead } from './head.js';
import { inWords } from './sqlite-errors.js';
import { SqliteEventStore } from './sqlite-event-store.js';

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'amends-damage-'));
  folder = join(root, 'store');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const file = (name: string) => join(folder, name);
const open = (mode: 'write' | 'read' = 'write', where = folder) =>
  SqliteEventStore.open({ folder: where, declarations: LENDING, mode });
const count = async (store: SqliteEventStore) =>
  (await allOf(store.readAll())).reduce((sum, { events }) => sum + events.length, 0);
const bytesOf = (where: string) =>
  ['history.db', 'history.db-wal', 'history.head'].map((name) => {
    const path = join(where, name);
    return existsSync(path) ? readFileSync(path, 'latin1') : undefined;
  });
const written = async (events: number): Promise<void> => {
  const store = open();
  await appendOneByOne(store, 'loan-1', events);
  await store.close();
};

describe('a write-ahead log that was cut or changed', () => {
  const FRAME_BYTES = 24 + 4096;
  const HEADER_BYTES = 32;

  /** A store as a power cut leaves it: copied while it was open, with its log not yet merged. */
  const powerCut = async (events: number): Promise<void> => {
    const store = open();
    await appendOneByOne(store, 'loan-1', events);
    cpSync(folder, join(root, 'cut'), { recursive: true });
    await store.close();
  };

  test('cut at any frame, history is whole to its head or refused in words, and left as it was found', async () => {
    await powerCut(6);
    const wal = readFileSync(join(root, 'cut', 'history.db-wal'));
    const frames = Math.floor((wal.length - HEADER_BYTES) / FRAME_BYTES);
    let whole = 0;
    for (let frame = 0; frame <= frames; frame++) {
      for (const torn of [0, 100]) {
        const where = join(root, `cut-${frame}-${torn}`);
        cpSync(join(root, 'cut'), where, { recursive: true });
        rmSync(join(where, 'history.db-shm'), { force: true });
        truncateSync(join(where, 'history.db-wal'), Math.min(wal.length, HEADER_BYTES + frame * FRAME_BYTES + torn));
        const found = bytesOf(where);
        try {
          const store = open('write', where);
          expect(await count(store)).toBe(6);
          await store.close();
          whole++;
        } catch (error) {
          expect(error).toBeInstanceOf(HistoryDamaged);
          expect(String(error)).toMatch(/Amends changed nothing\. Keep the file.*restore a back-up/);
          expect(bytesOf(where)).toEqual(found);
        }
      }
    }
    expect(whole).toBeGreaterThan(0);
    expect(whole).toBeLessThan(2 * (frames + 1));
  });

  test('with one bit changed, what SQLite would drop without a word is refused', async () => {
    await powerCut(6);
    const where = join(root, 'cut');
    rmSync(join(where, 'history.db-shm'), { force: true });
    const wal = readFileSync(join(where, 'history.db-wal'));
    const middle = HEADER_BYTES + Math.floor(wal.length / FRAME_BYTES / 2) * FRAME_BYTES + 1_000;
    wal.writeUInt8(wal.readUInt8(middle) ^ 1, middle);
    writeFileSync(join(where, 'history.db-wal'), wal);
    expect(() => open('read', where)).toThrow(HistoryDamaged);
    expect(() => open('write', where)).toThrow(
      /the event at 0000000000000006 was acknowledged: the last \d events? (is|are) lost/,
    );
  });
});

describe('history and its head', () => {
  const change = (sql: string) => {
    const db = new DatabaseSync(file('history.db'));
    db.exec(sql);
    db.close();
  };

  test('the last events lost', async () => {
    await written(5);
    change('DELETE FROM events WHERE position > 3');
    expect(() => open()).toThrow(
      /ends at position 0{15}3, but the event at 0{15}5 was acknowledged: the last 2 events are lost/,
    );
    expect(() => open('read')).toThrow(HistoryDamaged);
  });
  test('the last event changed', async () => {
    await written(5);
    change(`UPDATE events SET data = '{}' WHERE position = 5`);
    expect(() => open()).toThrow(/The event at position 0{15}5 .* is not the one that was acknowledged/);
  });
  test('the head gone', async () => {
    await written(5);
    rmSync(file('history.head'));
    expect(() => open()).toThrow(/holds 5 events, but its head .* is missing/);
  });
  test('the database gone', async () => {
    await written(5);
    rmSync(file('history.db'));
    expect(() => open()).toThrow(/the last 5 events are lost/);
  });
  test('one slot of the head torn: the other one counts', async () => {
    await written(5);
    const head = readFileSync(file('history.head'));
    for (const slot of [0, 512]) {
      const torn = Buffer.from(head);
      torn.fill('x', slot + 20, slot + 40);
      writeFileSync(file('history.head'), torn);
      expect(readHead(file('history.head'))?.position).toBeGreaterThanOrEqual(4);
      await open().close();
    }
  });
  test('both slots of the head torn: refused', async () => {
    await written(5);
    writeFileSync(file('history.head'), 'x'.repeat(1_024));
    expect(() => open()).toThrow(/history.head can't be read, so Amends can't check whether the history is complete/);
  });
  test('a commit that the head had no time for is kept, and signed at the next start', async () => {
    await written(3);
    copyFileSync(file('history.head'), join(root, 'head'));
    const store = open();
    await store.append('loan-1', lendingEvents('loan-1', 'x'), 3);
    await store.close();
    copyFileSync(join(root, 'head'), file('history.head'));
    await open().close();
    expect(readHead(file('history.head'))?.position).toBe(4);
  });
  test('the slots take turns', () => {
    const path = join(root, 'head');
    const head = openHead(path, { position: 1, hash: 'a' }, () => undefined);
    head.write({ position: 2, hash: 'b' });
    expect(readHead(path)).toEqual({ position: 2, hash: 'b' });
    head.write({ position: 3, hash: 'c' });
    head.close();
    expect(readHead(path)).toEqual({ position: 3, hash: 'c' });
  });
});

describe('a file that is no history', () => {
  test.each([
    [
      'text',
      () => writeFileSync(file('history.db'), 'hello '.repeat(1_000)),
      /is damaged: SQLite says "file is not a database"/,
    ],
    ['cut off in the middle', () => truncateSync(file('history.db'), 6_000), /is damaged|are lost/],
    [
      'another program’s database',
      () => {
        rmSync(file('history.db'));
        new DatabaseSync(file('history.db')).exec('CREATE TABLE other (x)');
      },
      /is a database, but not a history of Amends/,
    ],
  ])('%s is refused in words', async (_, spoil, message) => {
    await written(50);
    spoil();
    expect(() => open()).toThrow(message);
    expect(() => open()).toThrow(HistoryDamaged);
    expect(() => open('read')).toThrow(HistoryDamaged);
  });
  test('a folder without a history can’t be read', () => {
    expect(() => open('read')).toThrow(/There is no history in/);
  });
  test('a full disk says so, and what to do', () => {
    const db = new DatabaseSync(':memory:');
    db.exec('CREATE TABLE t (x); PRAGMA max_page_count = 3');
    const fill = () => db.exec(`INSERT INTO t VALUES (zeroblob(100000))`);
    try {
      fill();
    } catch (error) {
      expect(inWords(error, 'history.db')).toBeInstanceOf(HistoryUnavailable);
      expect(String(inWords(error, 'history.db'))).toMatch(/is full. Nothing of this append was kept. Make room/);
    }
    expect(fill).toThrow();
  });
});

describe('back-up and restore', () => {
  const MADE_AT = '2031-05-05T09:00:00.000Z';

  test('a back-up made while events are appended is whole, and restores to what it says', async () => {
    const store = open();
    await appendOneByOne(store, 'loan-1', 20);
    const [last] = await Promise.all([store.backup(join(root, 'copy'), MADE_AT), appendOneByOne(store, 'loan-2', 20)]);
    await store.close();
    const restored = restoreHistory(join(root, 'copy'), folder);
    expect(restored).toEqual({ backupMadeAt: MADE_AT, lastPosition: last, headBefore: '0000000000000040' });
    const again = open();
    expect(await again.end()).toBe(last);
    expect((await again.readStream('loan-1')).revision).toBe(20);
    await again.append('loan-9', lendingEvents('loan-9', 'x'), 0);
    await again.close();
    expect(existsSync(file('history.replaced.db'))).toBe(true);
  });
  test('a history that is refused is put right by a restore', async () => {
    const store = open();
    await appendOneByOne(store, 'loan-1', 5);
    await store.backup(join(root, 'copy'), MADE_AT);
    await store.close();
    rmSync(file('history.db'));
    rmSync(file('history.head'));
    restoreHistory(join(root, 'copy'), folder);
    const again = open();
    expect(await count(again)).toBe(5);
    await again.close();
  });
  test('a folder that a restore makes is for its owner alone', async () => {
    const store = open();
    await appendOneByOne(store, 'loan-1', 1);
    await store.backup(join(root, 'copy'), MADE_AT);
    await store.close();
    restoreHistory(join(root, 'copy'), join(root, 'new'));
    expect(statSync(join(root, 'new')).mode & 0o777).toBe(0o700);
  });
  test('what is no back-up, or is damaged, replaces nothing', async () => {
    await written(5);
    writeFileSync(join(root, 'text'), 'hello '.repeat(1_000));
    expect(() => restoreHistory(join(root, 'text'), folder)).toThrow(HistoryDamaged);
    expect(() => restoreHistory(join(root, 'none'), folder)).toThrow(/There is no file/);
    copyFileSync(file('history.db'), join(root, 'plain'));
    expect(() => restoreHistory(join(root, 'plain'), folder)).toThrow(/is a history, not a back-up of one/);
    await open().close();
  });
  test('a running history is not restored over, and a back-up overwrites nothing', async () => {
    const store = open();
    await appendOneByOne(store, 'loan-1', 1);
    await store.backup(join(root, 'copy'), MADE_AT);
    await expect(store.backup(join(root, 'copy'), MADE_AT)).rejects.toThrow(/exists already/);
    expect(() => restoreHistory(join(root, 'copy'), folder)).toThrow(/is being written by another process/);
    await store.close();
  });
});
