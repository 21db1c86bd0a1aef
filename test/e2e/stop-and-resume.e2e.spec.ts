import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { incidentLog } from '../faults/incident-log.testing.js';
import { amendsJson } from './amends.testing.js';
import { Caller, eventually, RunningApp } from './running-app.testing.js';

const LONG = 300_000;
let folder: string;
let app: RunningApp;
let digest: unknown;

beforeAll(async () => {
  Caller.forget();
  folder = mkdtempSync(join(tmpdir(), 'amends-stopping-'));
  const data = join(folder, 'data');
  writeFileSync(join(folder, 'log.csv'), incidentLog(6_000));
  await amendsJson('import', '--mapping', 'mappings/incidents.yaml', '--data', data, join(folder, 'log.csv'));
  app = await RunningApp.start(data);
  digest = (await app.operator.post('/v1/verify')).body['digest'];
}, LONG);

afterAll(async () => {
  await app.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Generations {
  readonly generations: readonly { readonly id: number; readonly status: string; readonly reason: string }[];
  readonly underWay?: { readonly progress?: { readonly share: number } };
}
const generations = async (): Promise<Generations> =>
  (await app.operator.send('GET', '/v1/generations')).body as unknown as Generations;

const past = (share: number): Promise<boolean> =>
  eventually(
    async () => {
      const { underWay } = await generations();
      return (underWay?.progress?.share ?? 0) > share ? true : undefined;
    },
    `a build that is past ${share * 100} %`,
  );

test(
  'a build that an operator stops is kept, and the same request resumes it to the same digest',
  async () => {
    const wanted = { reason: 'once more' };
    const building = app.operator.post('/v1/generations', wanted);
    await past(0.4);
    const other = await app.operator.post('/v1/generations', { reason: 'meanwhile' });
    expect(other).toMatchObject({ status: 503, body: { code: 'build-under-way' } });
    expect((await app.operator.post('/v1/generations/stop')).body).toEqual({ stopping: true });
    const stopped = await building;
    expect(stopped).toMatchObject({ status: 409, body: { code: 'stopped' } });
    expect(stopped.body['detail']).toContain('goes on from there');
    const half = (await generations()).generations.find(({ reason }) => reason === wanted.reason);
    expect(half).toMatchObject({ status: 'building' });
    expect((await app.operator.post('/v1/generations/stop')).body).toEqual({ stopping: false });

    const { status, body } = await app.operator.post('/v1/generations', wanted);
    expect({ status, body }).toMatchObject({ status: 200, body: { id: half?.id, status: 'ready' } });
    expect((await app.operator.post(`/v1/generations/${half?.id}/switch`)).status).toBe(200);
    expect((await app.operator.post('/v1/verify')).body).toMatchObject({ equal: true, digest, seals: 'intact' });
  },
  LONG,
);

test(
  'a stopped rehearsal leaves nothing, and the same request starts it again',
  async () => {
    const pack = readFileSync(resolve(import.meta.dirname, '../../packs/incidents.yaml'), 'utf8');
    const { body: drafted } = await app.operator.post('/v1/rules/drafts', { text: pack.replace('62h', '1h') });
    const wanted = { rules: String(drafted['ruleSet']) };
    const begun = await app.operator.post('/v1/rehearsals', wanted, { prefer: 'respond-async' });
    const location = begun.headers.get('location') ?? '';
    expect(begun.status).toBe(202);
    expect((await app.operator.send('DELETE', location)).status).toBe(204);
    const stopped = await app.operator.get(location);
    expect(stopped).toMatchObject({ status: 409, body: { code: 'stopped' } });
    expect(stopped.body['detail']).toContain('begins anew');
    const { status, body } = await app.operator.post('/v1/rehearsals', wanted);
    expect({ status, body }).toMatchObject({ status: 200, body: { recorded: true, digestBefore: digest } });
  },
  LONG,
);
