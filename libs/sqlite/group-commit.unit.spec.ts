import { beforeEach, describe, expect, test } from '@jest/globals';
import { DatabaseSync } from 'node:sqlite';
import { GroupCommit, type GroupCommitOptions } from './group-commit.js';
import type { Sync } from './log-sync.js';
import { transact } from './transaction.js';

let database: DatabaseSync;
/** How many writes each transaction kept. */
let committed: number[];
beforeEach(() => {
  database = new DatabaseSync(':memory:');
  database.exec('CREATE TABLE t (x INTEGER CHECK (x < 10))');
  committed = [];
});
const kept = () =>
  database
    .prepare('SELECT x FROM t ORDER BY x')
    .all()
    .map(({ x }) => x);

const writing = (options?: GroupCommitOptions) => {
  const insert = database.prepare('INSERT INTO t VALUES (?)');
  const group = new GroupCommit((work) => {
    const before = kept().length;
    transact(database, work);
    committed.push(kept().length - before);
  }, options);
  return { group, write: (x: number, size?: number) => group.run(() => (insert.run(x), x), size) };
};
const statuses = async (writes: readonly Promise<number>[]) =>
  (await Promise.allSettled(writes)).map(({ status }) => status);

describe('a group', () => {
  test('takes all that is asked for in one turn, and answers each with the result of its work', async () => {
    const { write } = writing();
    expect(await Promise.all([1, 2, 3].map((x) => write(x)))).toEqual([1, 2, 3]);
    expect(await write(4)).toBe(4);
    expect(committed).toEqual([3, 1]);
  });
  test('fails as a whole', async () => {
    const { write } = writing();
    expect(await statuses([1, 99, 3].map((x) => write(x)))).toEqual(['rejected', 'rejected', 'rejected']);
    expect(kept()).toEqual([]);
    expect(await write(1)).toBe(1);
  });
  test('is tried one by one where one of it may be at fault', async () => {
    const { write } = writing({ mayBeOneOf: () => true });
    expect(await statuses([1, 99, 3].map((x) => write(x)))).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(kept()).toEqual([1, 3]);
  });
  test('holds no more than it may, but always one', async () => {
    const { write } = writing({ most: 5 });
    await Promise.all([write(1, 2), write(2, 3), write(3, 9), write(4, 5)]);
    expect(committed).toEqual([2, 1, 1]);
  });
  test('is committed at once when asked to', async () => {
    const { group, write } = writing();
    const asked = write(1);
    const flushed = group.flush();
    expect(kept()).toEqual([1]);
    expect(await asked).toBe(1);
    await flushed;
  });
});

describe('where the sync runs on another thread', () => {
  /** A disk whose syncs end when the test says so. */
  const slowDisk = () => {
    const ends: ((error?: Error) => void)[] = [];
    const sync: Sync = { now: () => undefined, later: (done) => ends.push(done), close: () => undefined };
    return { ends, ...writing({ sync }) };
  };
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  test('a group is answered only after its sync, and what comes meanwhile shares the next one', async () => {
    const { ends, write } = slowDisk();
    const answered: number[] = [];
    const asked = [1, 2].map(async (x) => answered.push(await write(x)));
    await turn();
    asked.push(...[3, 4].map(async (x) => answered.push(await write(x))));
    await turn();
    expect({ answered, kept: kept(), syncs: ends.length }).toEqual({ answered: [], kept: [1, 2], syncs: 1 });
    ends[0]?.();
    await Promise.all(asked.slice(0, 2));
    await turn();
    expect({ answered, kept: kept(), syncs: ends.length }).toEqual({ answered: [1, 2], kept: [1, 2, 3, 4], syncs: 2 });
    ends[1]?.();
    await Promise.all(asked);
    expect(answered).toEqual([1, 2, 3, 4]);
  });
  test('a failed sync refuses the writes that it was for', async () => {
    const { ends, write } = slowDisk();
    const asked = statuses([write(1), write(2)]);
    await turn();
    ends[0]?.(new Error('the disk is gone'));
    expect(await asked).toEqual(['rejected', 'rejected']);
  });
  test('whoever asks what is on the disk waits for the sync that runs', async () => {
    const { ends, group, write } = slowDisk();
    const asked = [write(1), write(2)];
    await turn();
    let isSynced = false;
    const synced = group.synced().then(() => (isSynced = true));
    await turn();
    expect(isSynced).toBe(false);
    ends[0]?.();
    await synced;
    await Promise.all(asked);
  });
  test('a flush waits for the sync that runs and for what came meanwhile', async () => {
    const { ends, group, write } = slowDisk();
    const asked = [write(1), write(2)];
    await turn();
    asked.push(write(3));
    const flushed = group.flush();
    ends[0]?.();
    await flushed;
    expect(kept()).toEqual([1, 2, 3]);
    expect(await Promise.all(asked)).toEqual([1, 2, 3]);
  });
});
