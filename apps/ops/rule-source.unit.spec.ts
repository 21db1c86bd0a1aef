import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { isRuleFile } from './rule-source.js';

const was = process.cwd();
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'amends-rule-source-'));
  process.chdir(folder);
  mkdirSync('incidents');
  writeFileSync('stricter', 'programme: incidents');
});
afterAll(() => {
  process.chdir(was);
  rmSync(folder, { recursive: true, force: true });
});

test.each(['incidents', 'care', '3f0c9a'])('%s names rules of history, whatever folder is called so', (name) => {
  expect(isRuleFile(name)).toBe(false);
});

test.each(['stricter', 'there-is-none.yaml', './stricter'])('%s names a file', (name) => {
  expect(isRuleFile(name)).toBe(true);
});
