import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { madeOnce } from './made-once.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'key-files-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a key is made for its owner alone, and nothing is left beside it', () => {
  const path = join(folder, 'vault.key');
  expect(madeOnce(path, 'first')).toBe('first');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['vault.key']);
});

test('who comes second goes on with the key of who came first', () => {
  const path = join(folder, 'vault.key');
  madeOnce(path, 'first');
  expect(madeOnce(path, 'second')).toBe('first');
  expect(readdirSync(folder)).toEqual(['vault.key']);
});

test('what another process is about to make is left alone', () => {
  const path = join(folder, 'vault.key');
  writeFileSync(`${path}.new`, 'of another');
  expect(madeOnce(path, 'mine')).toBe('mine');
  expect(readdirSync(folder).sort()).toEqual(['vault.key', 'vault.key.new']);
});

test('a place where no file can be made is no key', () => {
  expect(() => madeOnce(join(folder, 'nowhere', 'vault.key'), 'first')).toThrow('ENOENT');
});
