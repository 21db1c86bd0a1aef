import { expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LockDamaged, takeWriterLock } from './writer-lock.js';

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

test('a lock that is damaged is refused by its name, in words that say how to go on', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'amends-lock-')), 'a.lock');
  writeFileSync(path, 'hello '.repeat(1_000));
  const take = () => takeWriterLock(path, 'a.db', Busy);
  expect(take).toThrow(LockDamaged);
  expect(take).toThrow(`${path}, which keeps a second process from writing, is damaged`);
  expect(take).toThrow('It holds no data: make sure that no app and no command writes the folder, remove it');
});

test('a lock that can not be opened is refused by its own name', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'amends-lock-')), 'a.lock');
  mkdirSync(path);
  expect(() => takeWriterLock(path, 'a.db', Busy)).toThrow(`${path} can't be opened`);
});
