import { expect, test } from '@jest/globals';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeWriterLock } from './writer-lock.js';

class Busy extends Error {}

test('a second writer is refused, in words that name the first, until that lets go', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'amends-lock-')), 'a.lock');
  const take = () => takeWriterLock(path, 'a.db', Busy);
  const release = take();
  expect(take).toThrow(Busy);
  expect(take).toThrow(`a.db is being written by another process (pid ${process.pid}). Stop it, or send your command`);
  release();
  release();
  take()();
});
