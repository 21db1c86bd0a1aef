import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AppWithClock } from './app-with-clock.testing.js';
import { Caller, eventually } from './running-app.testing.js';

const HERE = import.meta.dirname;
const PACK = readFileSync(resolve(HERE, '../../packs/service-recovery.yaml'), 'utf8');
const AT = '/v1/rules/service-recovery';
const [MONDAY, TUESDAY_ELEVEN, NOON, ONE] = ['05T08', '06T11', '06T12', '06T13'].map(
  (hour) => `2031-05-${hour}:00:00.000Z`,
) as [string, string, string, string];

/** First contact within 36 hours instead of 48, and a higher priority if the customer did not answer about contact. */
const SOONER = PACK.replace('{ within: 48h }', '{ within: 36h }').replace(
  'not-answered: { do: recover, priority: normal }',
  'not-answered: { do: recover, priority: high }',
);

let app: AppWithClock;
let operator: Caller;
let ruleSet: string;

const itIs = (time: string): Promise<void> => app.itIs(time);

beforeAll(async () => {
  app = await AppWithClock.start(MONDAY);
  ({ operator } = app);
});
afterAll(() => app.end());

/** Sends a low score of a customer who did not answer about contact; resolves to its case. */
async function complain(externalId: string): Promise<Readonly<Record<string, unknown>>> {
  const response = { source: 'survey', externalId, customer: externalId, metric: 'nps', score: 1 };
  const { status, body } = await operator.post('/v1/responses', response);
  expect(status).toBe(202);
  return eventually(async () => {
    const found = await operator.get(`/v1/cases/${String(body['id'])}`);
    return found.status === 200 ? found.body : undefined;
  }, `the case of ${externalId}`);
}
const firstContact = async (id: unknown): Promise<unknown> => {
  const { body } = await operator.get(`/v1/clocks?case=${String(id)}&target=first-contact`);
  return (body['documents'] as readonly unknown[])[0];
};
const tryToReach = (id: unknown) =>
  operator.post(`/v1/cases/${String(id)}/contact-attempts`, { channel: 'phone', outcome: 'no-answer' });

let first: Readonly<Record<string, unknown>>;
let second: Readonly<Record<string, unknown>>;

test('rules activated for later move clocks due after they take force, and no others', async () => {
  first = await complain('monday');
  expect(first).toMatchObject({ priority: 'normal' });
  expect(await firstContact(first['case'])).toMatchObject({ dueAt: '2031-05-07T08:00:00.000Z' });

  const drafted = await operator.post('/v1/rules/drafts', { text: SOONER });
  ruleSet = String(drafted.body['ruleSet']);
  expect((await operator.post(`${AT}/${ruleSet}/approve`, { reason: 'Sooner' })).status).toBe(200);
  const activated = await operator.post(`${AT}/${ruleSet}/activate`, { from: NOON });
  expect(activated).toMatchObject({ status: 200, body: { events: [{ type: 'RuleSetActivated' }], ruleSet } });
  expect(await firstContact(first['case'])).toMatchObject({ state: 'running', dueAt: '2031-05-06T20:00:00.000Z' });
  const { body } = await operator.get('/v1/queue?sort=nextDueAt');
  expect(body['documents']).toMatchObject([{ case: first['case'] }]);
  expect((await operator.post('/v1/verify')).body).toMatchObject({
    equal: true,
    digest: activated.body['digestAfter'],
  });
});

test('until then the old rules decide, and completed clocks keep their goal', async () => {
  await itIs(TUESDAY_ELEVEN);
  second = await complain('tuesday, eleven');
  expect(second).toMatchObject({ priority: 'normal' });
  expect(second['openedUnder']).not.toBe(ruleSet);
  expect((await tryToReach(second['case'])).status).toBe(200);
  expect(await firstContact(second['case'])).toMatchObject({ state: 'completed', met: true, goalMs: 48 * 3_600_000 });
});

test('from then on the new rules decide by themselves', async () => {
  await itIs(ONE);
  expect(await complain('tuesday, one')).toMatchObject({ priority: 'high', openedUnder: ruleSet });
  expect(await firstContact(second['case'])).toMatchObject({ met: true, goalMs: 48 * 3_600_000 });
  await itIs('2031-05-06T20:30:00.000Z');
  expect((await tryToReach(first['case'])).status).toBe(200);
  expect(await firstContact(first['case'])).toMatchObject({
    state: 'completed',
    met: false,
    goalMs: 36 * 3_600_000,
    ruleSet,
  });
  expect((await operator.post('/v1/verify')).body).toMatchObject({ equal: true });
});

test('after a rollback the previous rules decide again', async () => {
  const third = await complain('tuesday, half past eight');
  expect(third).toMatchObject({ priority: 'high' });
  const { status } = await operator.post(`${AT}/rollback`, { reason: 'Too soon after all' });
  expect(status).toBe(200);
  expect(await complain('once more')).toMatchObject({ priority: 'normal' });
  expect((await operator.post('/v1/verify')).body).toMatchObject({ equal: true });
});
