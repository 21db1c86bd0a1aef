import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Receiver } from '../../libs/outbound/receiver.testing.js';
import { amendsJson } from '../e2e/amends.testing.js';
import { Caller, eventually, RunningApp } from '../e2e/running-app.testing.js';
import { WHILE_SENDING } from './crash-points.testing.js';

const folder = mkdtempSync(join(tmpdir(), 'amends-sending-'));
let receiver: Receiver;
const started: RunningApp[] = [];

beforeAll(async () => {
  Caller.forget();
  receiver = await Receiver.start();
});
afterAll(async () => {
  for (const app of started) await app.stop('SIGKILL'); // those that a failed test left running
  await receiver.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(env: Record<string, string> = {}): Promise<RunningApp> {
  const destinations = { hook: { webhook: receiver.url, allowPrivate: true } };
  const app = await RunningApp.start(folder, { AMENDS_DESTINATIONS: JSON.stringify(destinations), ...env });
  started.push(app);
  return app;
}

/** The cases whose alert history holds, and how often. */
const alerted = async (app: RunningApp, id: string): Promise<number> => {
  const { body } = await app.operator.get(`/v1/cases/${id}/timeline`);
  const entries = (body['entries'] ?? []) as readonly { type: string }[];
  return entries.filter(({ type }) => type === 'OwnerAlerted').length;
};

test.each(WHILE_SENDING)('killed at "%s", it alerts after the next start, under the same id', async (name) => {
  const before = receiver.received.length;
  const dying = await start({ AMENDS_CRASH_AT: name });
  const answer = { source: 'survey', externalId: name, customer: name, metric: 'nps', score: 0 };
  const { body } = await dying.operator.post('/v1/responses', answer);
  expect(await dying.ended()).toBe('SIGKILL');
  const app = await start();
  const id = String(body['id']);
  await eventually(async () => ((await alerted(app, id)) > 0 ? true : undefined), 'the alert in history', 120);
  expect(await alerted(app, id)).toBe(1);
  expect(await app.stop()).toBe(0);
  const got = receiver.received.slice(before).filter((one) => one.body.data['case'] === id);
  expect(new Set(got.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  // Only what was cut off between the delivery and its record comes again.
  expect(got).toHaveLength(name === 'outbox: delivered, before the fact' ? 2 : 1);
});

test('history is whole after it', async () => {
  expect(await amendsJson<object>('verify', '--data', folder)).toMatchObject({ equal: true, seals: 'intact' });
});
