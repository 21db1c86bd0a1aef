import { beforeEach, describe, expect, test } from '@jest/globals';
import { DatabaseSync } from 'node:sqlite';
import { GroupCommit, type GroupCommitOptions } from './group-commit.js';
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
    group.flush();
    expect(kept()).toEqual([1]);
    expect(await asked).toBe(1);
  });
});
