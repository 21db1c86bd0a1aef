import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { amends, amendsJson, ROOT_FOLDER } from '../e2e/amends.testing.js';
import {
  Caller,
  eventually,
  OPERATOR_KEY,
  startProcess,
  type Answer,
  type Process,
} from '../e2e/running-app.testing.js';
import { onEngines } from './on-engines.testing.js';

const LONG = 120_000;
const PACK = readFileSync(join(ROOT_FOLDER, 'packs/service-recovery.yaml'), 'utf8');
const TIGHTER: unknown = parse(PACK.replace('{ within: 72h }', '{ within: 30h }'));

const EMBEDDED = { EVENT_STORE_URL: '', READ_STORE_URL: '', VAULT_URL: '' };

const routesAt = async (url: string): Promise<readonly string[]> => {
  const { body } = await new Caller(url, OPERATOR_KEY).send('GET', '/docs-json');
  return Object.entries(body['paths'] as Readonly<Record<string, object>>)
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`))
    .toSorted();
};

interface Served {
  readonly id: number;
  readonly status: string;
}

test('a role refuses embedded stores and says which settings it needs', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'amends-roles-'));
  await expect(startProcess('projector', folder, EMBEDDED)).rejects.toThrow(
    /EVENT_STORE_URL must name an engine: one process writes embedded stores.*\n.*READ_STORE_URL.*\n.*VAULT_URL/,
  );
  rmSync(folder, { recursive: true, force: true });
});

await onEngines('api, projectors and reactor as processes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'amends-roles-'));
  const running: Process[] = [];
  let api: Process;
  let projectors: Process[];
  let operator: Caller;
  let alone: readonly Answer[];

  beforeAll(async () => {
    Caller.forget();
    running.push((api = await startProcess('api', folder)));
    operator = new Caller(api.url, OPERATOR_KEY);
    alone = await Promise.all([
      operator.get('/v1/queue'),
      operator.get('/v1/reports/clocks'),
      operator.send('POST', '/v1/verify'),
    ]);
    running.push(...(projectors = [await startProcess('projector', folder), await startProcess('projector', folder)]));
    running.push(await startProcess('reactor', folder));
  }, LONG);
  afterAll(async () => {
    for (const each of running) await each.end('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  }, LONG);

  const ready = async (url: string) => (await new Caller(url, undefined).send('GET', '/health/ready')).body;
  const sharesOf = async () =>
    Promise.all(
      projectors.map(async ({ url }) => {
        const { details } = (await ready(url)) as { details?: { readModels?: { shards?: number } } };
        return details?.readModels?.shards ?? 0;
      }),
    );
  const respond = async (externalId: string) => {
    const { status, body } = await operator.post('/v1/responses', {
      source: 'survey',
      externalId,
      customer: `customer of ${externalId}`,
      touchpoint: 'invoice',
      metric: 'nps',
      score: 1,
      contactMe: 'yes',
    });
    expect(status).toBe(202);
    return eventually(async () => {
      const found = await operator.get(`/v1/cases/${String(body['id'])}`);
      return found.status === 200 && found.body['owner'] !== null ? found.body : undefined;
    }, `the case of ${externalId}, with an owner`);
  };

  test('queries say that no projector has built the read models yet', () => {
    for (const answer of alone) expect(answer).toMatchObject({ status: 503, body: { code: 'read-models-not-built' } });
  });

  test(
    'the api answers every route that the app in one process answers',
    async () => {
      const whole = await startProcess('standalone', join(folder, 'whole'), EMBEDDED);
      const [ofApi, ofWhole] = await Promise.all([api.url, whole.url].map(routesAt));
      await whole.end('SIGTERM');
      expect(ofApi).toEqual(ofWhole);
    },
    LONG,
  );

  test(
    'the reactor handles what the api accepts, and the projectors show it',
    async () => {
      await eventually(async () => ((await sharesOf()).toString() === '128,128' ? true : undefined), 'equal shares');
      for (const id of ['r-1', 'r-2', 'r-3', 'r-4']) expect(await respond(id)).toMatchObject({ status: 'open' });
      expect(await ready(api.url)).toMatchObject({ status: 'ok', details: { eventStore: { status: 'up' } } });
    },
    LONG,
  );

  test(
    'when a projector is killed the other takes over, and the read models match history',
    async () => {
      const [first, second] = projectors as [Process, Process];
      await first.end('SIGKILL');
      projectors = [second];
      // Its leases run out after 15 s.
      await eventually(async () => ((await sharesOf())[0] === 256 ? true : undefined), 'all shards in one', 60);
      for (const id of ['r-5', 'r-6', 'r-7', 'r-8']) await respond(id);
      expect(await amendsJson('verify', '--data', folder)).toMatchObject({ equal: true });
      expect((await amends('doctor', '--data', folder)).out).toContain('EventStoreDB at');
    },
    LONG,
  );

  test(
    'when an api is lost during a change of rules, the next one that starts finishes it',
    async () => {
      const crash = { AMENDS_CRASH_AT: 'replay: after activation, before switch' };
      const lost = await startProcess('api', folder, crash);
      running.push(lost);
      const change = { reason: 'Within 30 hours', ruleSet: TIGHTER };
      await expect(new Caller(lost.url, OPERATOR_KEY).post('/v1/generations', change)).rejects.toThrow('fetch failed');
      const served = async () => (await operator.get('/v1/generations')).body['generations'] as readonly Served[];
      const [{ id: made } = { id: 0 }] = (await served()).filter(({ status }) => status === 'ready');
      running.push(await startProcess('api', folder));
      await eventually(
        async () => ((await served()).some(({ id, status }) => id === made && status === 'live') ? true : undefined),
        'the build of the lost one, live',
      );
      expect(await amendsJson('verify', '--data', folder)).toMatchObject({ equal: true });
    },
    LONG,
  );
});
