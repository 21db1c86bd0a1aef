import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SqliteReadStore } from '../../libs/read-store/sqlite/sqlite-read-store.js';
import { digestBuild } from '../../libs/replay/digest/digest.js';
import { parse } from 'yaml';
import { amendsJson, crashAmends, ROOT_FOLDER, startAmends } from '../e2e/amends.testing.js';
import { eventually, RunningApp } from '../e2e/running-app.testing.js';
import { Chance, roundsOr } from './chance.testing.js';
import { WHILE_REPLAYING } from './crash-points.testing.js';
import { incidentLog } from './incident-log.testing.js';

interface Replayed {
  readonly digestBefore: string;
  readonly digestAfter: string;
}

const folder = mkdtempSync(join(tmpdir(), 'amends-rebuilding-'));
const prepared = join(folder, 'prepared');
const file = join(folder, 'incidents.csv');
const pack = join(ROOT_FOLDER, 'packs/incidents.yaml');
const strict = join(folder, 'forty-hours.yaml');
const replayOf = (rules: string, data: string): readonly string[] => ['replay', '--rules', rules, '--data', data];
const replay = (rules: string, data: string) => amendsJson<Replayed>(...replayOf(rules, data));
const verify = (data: string) => amendsJson<object>('verify', '--data', data);

/** The digest under the pack, and under the rules of a replay. */
let lenient: string;
let underStrict: string;

beforeAll(async () => {
  writeFileSync(file, incidentLog(200));
  writeFileSync(strict, readFileSync(pack, 'utf8').replace('within: 62h', 'within: 5h'));
  await amendsJson('import', '--mapping', 'mappings/incidents.yaml', '--data', prepared, file);
  const other = join(folder, 'other');
  cpSync(prepared, other, { recursive: true });
  ({ digestBefore: lenient, digestAfter: underStrict } = await replay(strict, other));
  expect(underStrict).not.toBe(lenient);
  // Switch there and back twice, so that there is an old build to release.
  await replay(strict, prepared);
  await replay(pack, prepared);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The digest of the live build. */
async function served(data: string): Promise<string> {
  const reads = SqliteReadStore.open({ path: join(data, 'read.db'), mode: 'read' });
  try {
    return (await digestBuild(reads)).digest;
  } finally {
    await reads.close();
  }
}

/** One build or the other is live and complete, and another replay leaves only the builds that a rollback needs. */
async function expectWhole(data: string): Promise<void> {
  expect([lenient, underStrict]).toContain(await served(data));
  expect((await replay(strict, data)).digestAfter).toBe(underStrict);
  expect(await served(data)).toBe(underStrict);
  expect(await verify(data)).toMatchObject({ equal: true, digest: underStrict, seals: 'intact' });
  const reads = SqliteReadStore.open({ path: join(data, 'read.db'), mode: 'read' });
  const left = await reads.generations();
  await reads.close();
  expect(left.map(({ status }) => status).toSorted()).toEqual(['live', 'retired']);
  const files = readdirSync(data).filter((name) => /^read-\d+\.db$/.test(name));
  expect(files.toSorted()).toEqual(left.map(({ id }) => `read-${id}.db`).toSorted());
}

describe('a replay that is killed', () => {
  test.each(WHILE_REPLAYING)('at "%s" leaves a complete build, and the next replay succeeds', async (name) => {
    const data = join(folder, name.replaceAll(/\W+/g, '-'));
    cpSync(prepared, data, { recursive: true });
    expect(await crashAmends(name, ...replayOf(strict, data))).toBe('SIGKILL');
    await expectWhole(data);
  });

  test('at random leaves a complete build each time, and the last replay succeeds', async () => {
    const chance = new Chance();
    const data = join(folder, 'at-random');
    cpSync(prepared, data, { recursive: true });
    for (let round = 0; round < roundsOr(4); round++) {
      await killedAtRandom(replayOf(round % 2 === 0 ? strict : pack, data), chance);
      expect([lenient, underStrict]).toContain(await served(data));
      expect(await verify(data)).toMatchObject({ equal: true, seals: 'intact' });
    }
    await expectWhole(data);
  }, 600_000);
});

describe('an app that is killed between the activation of a replay and the switch to its build', () => {
  test('makes the switch at its next start', async () => {
    const data = join(folder, 'app');
    const killed = await RunningApp.start(data, { AMENDS_CRASH_AT: 'replay: after activation, before switch' });
    const content = parse(readFileSync(join(ROOT_FOLDER, 'packs/service-recovery.yaml'), 'utf8')) as object;
    const wanted = { ruleSet: { ...content, title: 'Other rules' }, reason: 'Another title' };
    const asked = killed.operator.post('/v1/generations', wanted);
    await expect(asked).rejects.toThrow('fetch failed');
    expect(await killed.ended()).toBe('SIGKILL');
    const app = await RunningApp.start(data);
    const live = await eventually(async () => {
      const { body } = await app.operator.send('GET', '/v1/generations');
      const builds = body['generations'] as { status: string; reason: string }[];
      return builds.find(({ status, reason }) => status === 'live' && reason.startsWith('rule set '));
    }, 'the switch to the build under the rules in force');
    expect(live.status).toBe('live');
    expect(await app.stop()).toBe(0);
    expect(await verify(data)).toMatchObject({ equal: true, seals: 'intact' });
  });
});

describe('an app that is killed between rules activated from a time on and their build', () => {
  test('makes the build at its next start', async () => {
    const data = join(folder, 'app-from-a-time-on');
    const killed = await RunningApp.start(data, { AMENDS_CRASH_AT: 'replay: after activation, before switch' });
    const olga = await killed.caller('olga', 'operator');
    const text = readFileSync(join(ROOT_FOLDER, 'packs/service-recovery.yaml'), 'utf8').replace('72h', '30h');
    const ruleSet = String((await olga.post('/v1/rules/drafts', { text, note: 'A day and a bit' })).body['ruleSet']);
    const at = `/v1/rules/service-recovery/${ruleSet}`;
    expect((await killed.operator.post(`${at}/approve`, { reason: 'As wanted' })).status).toBe(200);
    await expect(olga.post(`${at}/activate`, {})).rejects.toThrow('fetch failed');
    expect(await killed.ended()).toBe('SIGKILL');
    const app = await RunningApp.start(data);
    const inForce = await eventually(async () => {
      const { body } = await app.operator.send('GET', '/v1/generations');
      const builds = body['generations'] as { status: string; ruleBooks: Record<string, { ruleSet: string }[]> }[];
      const live = builds.find(({ status }) => status === 'live')?.ruleBooks['service-recovery'];
      return live?.at(-1)?.ruleSet === ruleSet ? live : undefined;
    }, 'the switch to the build under the rules in force');
    expect(inForce).toHaveLength(2);
    expect(await app.stop()).toBe(0);
    expect(await verify(data)).toMatchObject({ equal: true, seals: 'intact' });
  });
});

async function killedAtRandom(args: readonly string[], chance: Chance): Promise<void> {
  const child = startAmends(...args);
  const ended = once(child, 'exit');
  const looks = chance.between(1, 60_000);
  for (let look = 0; look < looks && child.exitCode === null; look++) {
    await new Promise((again) => setImmediate(again));
  }
  child.kill('SIGKILL');
  await ended;
}
