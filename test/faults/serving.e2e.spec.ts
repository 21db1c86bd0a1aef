import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Recorded } from '../../libs/event-sourcing/event.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite-event-store.js';
import { DECLARATIONS } from '../../libs/recovery/history.js';
import { amendsJson } from '../e2e/amends.testing.js';
import { eventually, RunningApp } from '../e2e/running-app.testing.js';
import { Chance, roundsOr } from './chance.testing.js';
import { WHILE_SERVING, WHILE_STARTING } from './crash-points.testing.js';
import { LoggingClient } from './logging-client.testing.js';
import { expectWhole, isReactedTo, repeated } from './whole-history.testing.js';

const folder = mkdtempSync(join(tmpdir(), 'amends-serving-'));
const started: RunningApp[] = [];
afterAll(async () => {
  for (const app of started) await app.stop('SIGKILL'); // those that a failed test left running
  rmSync(folder, { recursive: true, force: true });
});

async function start(data: string, env: Record<string, string> = {}): Promise<RunningApp> {
  const app = await RunningApp.start(data, env);
  started.push(app);
  return app;
}

const verified = (data: string) => amendsJson<object>('verify', '--data', data);

async function historyIn(data: string): Promise<readonly Recorded[]> {
  const store = SqliteEventStore.open({ folder: data, declarations: DECLARATIONS, mode: 'read' });
  const events: Recorded[] = [];
  try {
    for await (const batch of store.readAll()) events.push(...batch.events);
  } finally {
    await store.close();
  }
  return events;
}

describe('an app that is killed while it serves commands', () => {
  const client = new LoggingClient();
  const chance = new Chance();
  const serving = join(folder, 'serving');

  /** Repeated requests get the same answers again. */
  const expectSameAnswers = async (app: RunningApp): Promise<void> => {
    for (const sent of client.acknowledged.slice(-5))
      expect(await client.again(app.operator, sent)).toEqual(sent.answer);
  };

  beforeAll(async () => {
    const app = await start(serving);
    const team = { name: 'Care', members: [{ id: 'ana', role: 'agent' }], fallbackOwner: 'sam' };
    expect((await app.operator.send('PUT', '/v1/teams/care', JSON.stringify(team))).status).toBe(200);
    await app.stop();
  });

  test.each(WHILE_SERVING)('at "%s" recovers', async (name) => {
    const app = await start(serving, { AMENDS_CRASH_AT: `${name}:${chance.between(3, 12)}` });
    await expectSameAnswers(app);
    await client.workUntilGone(app.operator);
    expect(await app.ended()).toBe('SIGKILL');
  });

  test(`at random recovers (${chance.seed})`, async () => {
    for (let round = 0; round < roundsOr(6); round++) {
      const app = await start(serving);
      await expectSameAnswers(app);
      const killAfter = chance.between(1, 60);
      await client.workUntilGone(app.operator, (count) => {
        if (count === killAfter) void app.stop('SIGKILL');
      });
      expect(await app.ended()).toBe('SIGKILL');
    }
  }, 600_000);

  test('has every acknowledged write in its history once', async () => {
    const app = await start(serving);
    await client.complete(app.operator);
    const events = await eventually(async () => {
      const so = await historyIn(serving);
      return isReactedTo(so) ? so : undefined;
    }, 'the triage of every response');
    expect((await app.operator.send('GET', '/health/ready')).status).toBe(200);
    expect(await app.stop()).toBe(0);

    expectWhole(client, events);
    expect(await verified(serving)).toMatchObject({ equal: true, seals: 'intact' });
  });
});

describe('an app that is killed during its first start', () => {
  const starting = join(folder, 'starting');

  test.each(WHILE_STARTING)('at "%s" recovers', async (name) => {
    expect(await RunningApp.ending(starting, { AMENDS_CRASH_AT: name })).toMatchObject({ signal: 'SIGKILL' });
  });

  test('has its rules and a team in the end, each once', async () => {
    const app = await start(starting);
    const sent = { source: 'survey', externalId: 'r-1', customer: 'c-1', metric: 'nps', score: 0 };
    const { status, body } = await app.operator.post('/v1/responses', sent);
    expect(status).toBe(202);
    const found = await eventually(async () => {
      const answer = await app.operator.get(`/v1/cases/${String(body['id'])}`);
      return answer.status === 200 ? answer.body : undefined;
    }, 'the case of the response');
    expect(found).toMatchObject({ team: 'care' });
    expect(await app.stop()).toBe(0);
    const types = (await historyIn(starting)).map(({ type }) => type);
    expect(types.slice(0, 4)).toEqual(['RuleSetDrafted', 'RuleSetApproved', 'RuleSetActivated', 'TeamChanged']);
    expect(repeated(types)).toEqual([]);
    expect(await verified(starting)).toMatchObject({ equal: true, seals: 'intact' });
  });
});
