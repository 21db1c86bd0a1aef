import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AppWithClock } from './app-with-clock.testing.js';
import { eventually, type Caller } from './running-app.testing.js';

const PACK = readFileSync(resolve(import.meta.dirname, '../../packs/service-recovery.yaml'), 'utf8');
const ROUTED = PACK.replace(
  /^ {2}throttle:/m,
  `  routing:
    skills: [{ when: { tags: { $in: [billing] } }, skill: billing }]
    language: required
    workingNow: preferred
    lastOwner: { within: 30d }
    onLeaving: hand-on
  throttle:`,
);

let app: AppWithClock;
let operator: Caller;
let sam: Caller;

const ana = { id: 'ana', role: 'agent', languages: ['da', 'en'], skills: ['billing'] };
const ben = { id: 'ben', role: 'agent', capacity: 2, languages: ['da'] };
const cem = { id: 'cem', role: 'agent', languages: ['en'], skills: ['billing'] };

async function care(...members: readonly object[]): Promise<void> {
  const team = { name: 'Customer care', members, fallbackOwner: 'sam' };
  expect((await operator.send('PUT', '/v1/teams/care', JSON.stringify(team))).status).toBe(200);
}

beforeAll(async () => {
  app = await AppWithClock.start('2031-05-05T08:00:00.000Z');
  ({ operator } = app);
  sam = await app.caller('sam', 'supervisor', 'care');
  await care(ana, ben);
  const { body } = await operator.post('/v1/rules/drafts', { text: ROUTED });
  const rules = `/v1/rules/service-recovery/${String(body['ruleSet'])}`;
  expect((await operator.post(`${rules}/approve`, { reason: 'Whoever suits' })).status).toBe(200);
  expect((await operator.post(`${rules}/activate`, {})).status).toBe(200);
});
afterAll(() => app.end());

/** Resolves to the id of the case. */
async function answer(customer: string, name: string, more: object): Promise<string> {
  const response = { source: 'survey', externalId: name, customer, metric: 'nps', score: 1, contactMe: 'yes', ...more };
  const { status, body } = await operator.post('/v1/responses', response);
  expect(status).toBe(202);
  return String(body['id']);
}
const owned = (id: string, by: string) =>
  eventually(async () => {
    const { body } = await sam.get(`/v1/cases/${id}`);
    return body['owner'] === by ? body : undefined;
  }, `the case of ${by}`);

let billed: string;
let late: string;

test('a case goes to whoever suits it, and the customer’s next one to the same person', async () => {
  billed = await answer('eva', 'billed', { tags: ['billing'], language: 'da' });
  await owned(billed, 'ana');
  await owned(await answer('pia', 'first', { language: 'da-DK' }), 'ben');
  late = await answer('eva', 'late', { language: 'da' });
  await owned(late, 'ana');
});

test('whatever nobody suits falls to the fallback owner, and the queue says why', async () => {
  const id = await answer('uma', 'in Finnish', { language: 'fi' });
  await owned(id, 'sam');
  const { body } = await sam.get('/v1/queue?team=care&fallback=nobody-suits');
  expect(body['documents']).toMatchObject([{ case: id, owner: 'sam', fallback: 'nobody-suits' }]);
});

test('what somebody who leaves works on is handed on: to whoever suits it and has room', async () => {
  await care(ben, cem);
  await owned(late, 'ben');
  const { steps } = await owned(billed, 'sam');
  expect(steps).toMatchObject([{ step: 'handed-off', by: 'hand-on-cases', reason: 'ana left Customer care.' }]);
  const { body } = await sam.get('/v1/queue?team=care&fallback=nobody-suits');
  expect(body['documents']).toHaveLength(2);
  expect((await operator.get('/v1/dead-letters')).body['deadLetters']).toEqual([]);
});
