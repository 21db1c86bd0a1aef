import { afterAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Recorded } from '../../libs/event-sourcing/event.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite-event-store.js';
import { DECLARATIONS } from '../../libs/recovery/history.js';
import { amendsJson } from '../e2e/amends.testing.js';
import { eventually, RunningApp } from '../e2e/running-app.testing.js';
import { isReactedTo } from './whole-history.testing.js';

const RESPONSES = 1_500;
const folder = mkdtempSync(join(tmpdir(), 'amends-backlog-'));
let app: RunningApp | undefined;
afterAll(async () => {
  await app?.stop('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const lines = Array.from({ length: RESPONSES }, (_, n) =>
  JSON.stringify({
    source: 'survey',
    externalId: `r-${n}`,
    customer: `c-${n % 500}`,
    metric: 'nps',
    score: n % 5,
    contactMe: 'yes',
  }),
).join('\n');
const sendAll = (to: RunningApp) =>
  to.operator.send('POST', '/v1/responses/batch', lines, { 'content-type': 'application/x-ndjson' });

async function history(): Promise<readonly Recorded[]> {
  const store = SqliteEventStore.open({ folder, declarations: DECLARATIONS, mode: 'read' });
  const events: Recorded[] = [];
  try {
    for await (const batch of store.readAll()) events.push(...batch.events);
  } finally {
    await store.close();
  }
  return events;
}

const byType = (events: readonly Recorded[]): Readonly<Record<string, number>> =>
  Object.fromEntries(
    ['ResponseReceived', 'IntakeAllocated', 'ResponseTriaged', 'CaseOpened'].map((type) => [
      type,
      events.filter((event) => event.type === type).length,
    ]),
  );

test('a backlog of triage that a kill leaves is worked off after the start, each response once', async () => {
  app = await RunningApp.start(folder);
  const sending = sendAll(app).catch(() => undefined);
  await eventually(async () => {
    const received = byType(await history())['ResponseReceived'] ?? 0;
    return received > RESPONSES / 3 ? true : undefined;
  }, 'a third of the responses');
  await app.stop('SIGKILL');
  await sending;
  const atKill = byType(await history());
  expect(atKill['ResponseReceived']).toBeLessThanOrEqual(RESPONSES);

  app = await RunningApp.start(folder);
  expect((await sendAll(app)).status).toBe(200);
  const events = await eventually(async () => {
    const so = await history();
    return isReactedTo(so) ? so : undefined;
  }, 'the triage of all responses');
  expect(byType(events)).toEqual({
    ResponseReceived: RESPONSES,
    IntakeAllocated: RESPONSES,
    ResponseTriaged: RESPONSES,
    CaseOpened: RESPONSES,
  });
  expect(await app.stop()).toBe(0);
  expect(await amendsJson<object>('verify', '--data', folder)).toMatchObject({ equal: true, seals: 'intact' });
}, 300_000);
