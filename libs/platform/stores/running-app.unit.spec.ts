import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { announce, runningApp, withdraw } from './running-app.js';

const app = { pid: process.pid, url: 'http://127.0.0.1:3000' };
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'amends-running-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('an app that serves a folder is found there until it leaves', () => {
  expect(runningApp(folder)).toBeUndefined();
  announce(folder, app);
  expect(runningApp(folder)).toEqual(app);
  withdraw(folder);
  expect(runningApp(folder)).toBeUndefined();
});

test('a note that was cut off half-way stands in the way of nobody', () => {
  writeFileSync(join(folder, 'app.json.new'), '{"pid":');
  expect(runningApp(folder)).toBeUndefined();
  announce(folder, app);
  expect(runningApp(folder)).toEqual(app);
  expect(readdirSync(folder)).toEqual(['app.json']);
});

test('an app that died without a word serves no more', () => {
  announce(folder, { ...app, pid: 2 ** 30 });
  expect(runningApp(folder)).toBeUndefined();
});
