import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { amendsJson, crashAmends, sample, startAmends } from '../e2e/amends.testing.js';
import { Chance, roundsOr } from './chance.testing.js';
import { WHILE_IMPORTING } from './crash-points.testing.js';
import { incidentLog } from './incident-log.testing.js';

interface Imported {
  readonly added: number;
  readonly alreadyThere: number;
  readonly digest: string;
}

const folder = mkdtempSync(join(tmpdir(), 'amends-importing-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const importOf = (file: string, data: string): readonly string[] => [
  'import',
  '--mapping',
  'mappings/incidents.yaml',
  '--data',
  data,
  file,
];
const bring = (file: string, data: string) => amendsJson<Imported>(...importOf(file, data));
const verify = (data: string) => amendsJson<object>('verify', '--data', data);

async function expectWhole(file: string, data: string, { added, digest }: Imported): Promise<void> {
  const again = await bring(file, data);
  expect(again.digest).toBe(digest);
  expect(again.added + again.alreadyThere).toBe(added);
  expect(await verify(data)).toMatchObject({ equal: true, digest, seals: 'intact' });
}

describe('an import that is killed', () => {
  const file = join(folder, 'incidents.csv');
  let whole: Imported;

  beforeAll(async () => {
    writeFileSync(file, incidentLog(200));
    whole = await bring(file, join(folder, 'whole'));
  });

  test.each(WHILE_IMPORTING)('at "%s" is completed by the next', async (name) => {
    const data = join(folder, name.replaceAll(/\W+/g, '-'));
    expect(await crashAmends(name, ...importOf(file, data))).toBe('SIGKILL');
    await expectWhole(file, data, whole);
  });

  test('at one step after the other is completed by the last', async () => {
    const data = join(folder, 'one-after-the-other');
    for (const name of WHILE_IMPORTING) await crashAmends(`${name}:2`, ...importOf(file, data));
    await expectWhole(file, data, whole);
  });
});

describe('an import of real history that is killed', () => {
  test('at random, again and again, is completed by the last', async () => {
    const chance = new Chance();
    const file = join(folder, 'real.csv');
    const rows = gunzipSync(readFileSync(sample('incident-events-to-2016-04-14.csv.gz')))
      .toString()
      .split('\n');
    writeFileSync(file, rows.slice(0, 3_000).join('\n'));
    const whole = await bring(file, join(folder, 'real-whole'));
    const data = join(folder, 'real');
    for (let round = 0; round < roundsOr(4); round++) await killedOnceItWrites(importOf(file, data), data, chance);
    await expectWhole(file, data, whole);
  }, 600_000);
});

/** Kills it a random time after its first write. */
async function killedOnceItWrites(args: readonly string[], data: string, chance: Chance): Promise<void> {
  const child = startAmends(...args);
  const ended = once(child, 'exit');
  const looks = chance.between(1, 400);
  for (let look = 0; look < looks && child.exitCode === null; look++) {
    if (!existsSync(join(data, 'history.head'))) look = 0;
    await new Promise((again) => setImmediate(again));
  }
  child.kill('SIGKILL');
  await ended;
}
