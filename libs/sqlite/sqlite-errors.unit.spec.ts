import { expect, test } from '@jest/globals';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { outOfOrder } from './sqlite-errors.js';

const made = (): string => {
  const path = join(mkdtempSync(join(tmpdir(), 'amends-sqlite-')), 'a.db');
  const database = new DatabaseSync(path);
  database.exec('CREATE TABLE t (x)');
  database.close();
  return path;
};

const wordsFor = (work: () => unknown): string | undefined => {
  try {
    work();
  } catch (error) {
    return outOfOrder(error, 'a.db');
  }
  throw new Error('It worked.');
};

test.each<[string, string, () => void]>([
  [
    'a full disk',
    'The disk that holds a.db is full. Nothing of this write was kept. Make room, then send it again.',
    () => new DatabaseSync(made()).exec('PRAGMA max_page_count = 2; INSERT INTO t VALUES (zeroblob(100000))'),
  ],
  [
    'a file that is read-only',
    "a.db can't be written: the disk, the folder or the file is read-only.",
    () => new DatabaseSync(made(), { readOnly: true }).exec('INSERT INTO t VALUES (1)'),
  ],
  [
    'a folder that is gone',
    "a.db can't be opened. Check that the folder exists",
    () => new DatabaseSync(join(tmpdir(), 'amends-nowhere', 'a.db')),
  ],
  [
    'a lock that another program holds',
    'a.db is being changed by another program. Stop it, then try again.',
    () => {
      const path = made();
      new DatabaseSync(path).exec('BEGIN EXCLUSIVE');
      new DatabaseSync(path, { timeout: 0 }).exec('INSERT INTO t VALUES (1)');
    },
  ],
])('%s is told with what to do', (_, words, work) => {
  expect(wordsFor(work)).toContain(words);
});

test('a mistake in what is asked is no fault of the disk', () => {
  expect(wordsFor(() => new DatabaseSync(made()).exec('SELECT nothing'))).toBeUndefined();
});
