import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { amendsJson, crashAmends, ROOT_FOLDER, sample } from './amends.testing.js';

let folder: string;
let file: string;
let whole: { readonly added: number; readonly digest: string };

const importArguments = (data: string) => ['import', '--mapping', 'mappings/incidents.yaml', '--data', data, file];
const bring = (data: string) =>
  amendsJson<{ added: number; alreadyThere: number; digest: string }>(...importArguments(data));
const verify = (data: string) =>
  amendsJson<{ equal: boolean; digest: string; seals: string }>('verify', '--data', data);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'amends-crashes-'));
  file = join(folder, 'incidents.csv');
  const rows = gunzipSync(readFileSync(sample('incident-events-to-2016-04-14.csv.gz')))
    .toString()
    .split('\n');
  writeFileSync(file, rows.slice(0, 500).join('\n'));
  whole = await bring(join(folder, 'whole'));
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  'import: after customers, before append',
  'history: before insert',
  'history: after insert, before commit',
  'history: after commit, before head',
  'history: after head, before answer',
  'import: after history, before read models',
  'import: after read models, before seals',
])('an import that ends at "%s" is completed by the next, with nothing doubled', async (at) => {
  const data = join(folder, at.replaceAll(/\W+/g, '-'));
  expect(await crashAmends(at, ...importArguments(data))).toBe('SIGKILL');
  const again = await bring(data);
  expect(again.added + again.alreadyThere).toBe(whole.added);
  expect(await verify(data)).toMatchObject({ equal: true, digest: whole.digest, seals: 'intact' });
});

test('the next command that writes finishes a replay that crashed between its activation and its switch', async () => {
  const data = join(folder, 'whole');
  const rules = join(folder, 'forty-hours.yaml');
  const pack = readFileSync(join(ROOT_FOLDER, 'packs/incidents.yaml'), 'utf8');
  writeFileSync(rules, pack.replace('within: 62h', 'within: 40h'));
  const at = 'replay: after activation, before switch';
  expect(await crashAmends(at, 'replay', '--rules', rules, '--data', data)).toBe('SIGKILL');
  const finished = await bring(data);
  expect(finished).toMatchObject({ added: 0 });
  expect(finished.digest).not.toBe(whole.digest);
  expect(await verify(data)).toMatchObject({ equal: true, digest: finished.digest, seals: 'intact' });
});
