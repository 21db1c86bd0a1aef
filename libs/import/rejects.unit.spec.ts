import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { checkRejects, newRejectsFile, Rejects } from './rejects.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rejects-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const row = { line: 2, reason: 'It is not UTF-8', texts: ['1'] };

test('a place that a file can be made at is taken, and nothing is made there before a row is rejected', () => {
  const path = join(folder, 'some', 'where', 'rejects.csv');
  checkRejects(path);
  expect(existsSync(path)).toBe(false);
});

test('a file that is there already is refused, and left as it is', async () => {
  const path = join(folder, 'incidents.csv');
  writeFileSync(path, 'mine');
  expect(() => checkRejects(path)).toThrow('exists already. Name another file: no import overwrites one.');
  const rejects = new Rejects(path, ['ticket'], []);
  rejects.add(row);
  await expect(rejects.close()).rejects.toThrow("can't write the rejected rows");
  expect(readFileSync(path, 'utf8')).toBe('mine');
});

test('a folder, and a place where none can be made, are refused in words', () => {
  expect(() => checkRejects(folder)).toThrow('exists already');
  writeFileSync(join(folder, 'a-file'), '');
  expect(() => checkRejects(join(folder, 'a-file', 'rejects.csv'))).toThrow(/Amends can't make .*rejects\.csv/);
});

const onLinux = process.platform === 'linux' ? test : test.skip;
onLinux('a place in /proc is refused, not tried for ever', () => {
  expect(() => checkRejects('/proc/nowhere/rejects.csv')).toThrow("Amends can't make");
});

test('two imports of the same second have a file each, readable by its owner alone', async () => {
  const now = '2031-06-01T00:00:00.000Z';
  const paths = [newRejectsFile(folder, 'file.csv', now), newRejectsFile(folder, 'file.csv', now)];
  expect(paths[0]).not.toBe(paths[1]);
  for (const path of paths) {
    const rejects = new Rejects(path, ['ticket'], []);
    rejects.add(row);
    await rejects.close();
    expect(readFileSync(path, 'utf8')).toContain('2,It is not UTF-8,,1');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  }
});
