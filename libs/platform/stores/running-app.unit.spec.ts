import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { announce, runningApp, RunningAppUnknown, withdraw } from './running-app.js';

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

test('a copy of its folder is not served by it', () => {
  announce(folder, app);
  const copy = `${folder}-copy`;
  cpSync(folder, copy, { recursive: true });
  expect(runningApp(copy)).toBeUndefined();
  rmSync(copy, { recursive: true });
});

test.each(['', '{"pid":', '{}', '{"pid":1,"url":"no address"}', '[]', 'null'])(
  'a note that holds %j is refused in words',
  (text) => {
    writeFileSync(join(folder, 'app.json'), text);
    expect(() => runningApp(folder)).toThrow(RunningAppUnknown);
    expect(() => runningApp(folder)).toThrow(/app\.json can't be read \(.+\).*remove \S+app\.json, then start the app/);
  },
);

test('a folder in the place of the note is refused in words', () => {
  mkdirSync(join(folder, 'app.json'));
  expect(() => runningApp(folder)).toThrow(RunningAppUnknown);
  expect(() => announce(folder, app)).toThrow(RunningAppUnknown);
  expect(readdirSync(folder)).toEqual(['app.json']);
});
