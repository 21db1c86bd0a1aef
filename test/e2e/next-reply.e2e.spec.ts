import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { amends } from './amends.testing.js';
import { AppWithClock } from './app-with-clock.testing.js';
import { Caller, eventually } from './running-app.testing.js';

const HERE = import.meta.dirname;
const PACK = readFileSync(resolve(HERE, '../../packs/service-recovery.yaml'), 'utf8');
/** Each message of the customer is answered within two hours. */
const RULES = PACK.replace(
  '\ntargets:\n',
  `
targets:
  - id: next-reply
    title: Each message answered
    each: customer-message
    cancel: { status: merged }
    goals:
      - { within: 2h }
`,
);
const time = (hour: string): string => `2031-05-05T${hour}:00.000Z`;

let app: AppWithClock;
let operator: Caller;
let id: string;

const at = async (hour: string, path: string, body: object): Promise<number> => {
  await app.itIs(time(hour));
  return (await operator.post(`/v1/cases/${id}/${path}`, body)).status;
};
const wrote = { channel: 'e-mail', message: 'Where is my refund? Eva Brandt' };

beforeAll(async () => {
  app = await AppWithClock.start(time('08:00'));
  ({ operator } = app);
  const { body } = await operator.post('/v1/rules/drafts', { text: RULES });
  const rules = `/v1/rules/service-recovery/${String(body['ruleSet'])}`;
  expect((await operator.post(`${rules}/approve`, { reason: 'Answer them' })).status).toBe(200);
  expect((await operator.post(`${rules}/activate`, { from: time('08:00') })).status).toBe(200);
});
afterAll(() => app.end());

test('each message of the customer has its own verdict', async () => {
  const response = { source: 'survey', externalId: 'r-1', customer: 'c-1', metric: 'nps', score: 1 };
  id = String((await operator.post('/v1/responses', response)).body['id']);
  await eventually(async () => {
    const { status, body } = await operator.get(`/v1/cases/${id}`);
    return status === 200 && body['owner'] !== null ? true : undefined;
  }, 'the case');
  expect(await at('09:00', 'customer-messages', wrote)).toBe(200);
  expect((await operator.get('/v1/queue?sort=nextDueAt')).body).toMatchObject({
    documents: [{ case: id, unanswered: 1 }],
  });
  expect(await at('10:00', 'progress-updates', { channel: 'e-mail' })).toBe(200);
  expect(await at('11:00', 'customer-messages', wrote)).toBe(200);
  expect(await at('12:00', 'customer-messages', wrote)).toBe(200);
  expect(await at('14:00', 'contact-attempts', { channel: 'phone', outcome: 'reached' })).toBe(200);
  expect(await at('15:00', 'customer-messages', wrote)).toBe(200);
  const { body } = await operator.get(`/v1/clocks?case=${id}&target=next-reply`);
  expect(body['documents']).toMatchObject([
    { reply: 1, met: true, startedAt: time('09:00'), stoppedAt: time('10:00') },
    { reply: 2, met: false, startedAt: time('11:00'), stoppedAt: time('14:00') },
    { reply: 3, state: 'running', dueAt: time('17:00') },
  ]);
});

test('reports count it, and the audit explains it, over HTTP and on the command line', async () => {
  const report = await operator.get(`/v1/reports/clocks?by=programme&at=${time('16:00')}`);
  expect(report.body['rows']).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ target: 'next-reply', met: 1, missed: 1, running: 1, overdue: 0 }),
    ]),
  );
  const { body } = await operator.get(`/v1/cases/${id}/audit?at=${time('16:00')}`);
  const replies = (body['clocks'] as { clock: { target: string } }[]).filter(
    ({ clock }) => clock.target === 'next-reply',
  );
  expect(replies).toMatchObject([
    { clock: { reply: 1 }, verdict: 'met', workingMs: 3_600_000 },
    { clock: { reply: 2 }, verdict: 'missed', workingMs: 3 * 3_600_000 },
    { clock: { reply: 3 }, verdict: 'running', workingMs: 3_600_000 },
  ]);
  const { out } = await amends('audit', id, '--at', time('16:00'), '--data', app.folder);
  expect(out).toContain('Each message answered (next-reply, cycle 1, reply 2): MISSED');
  expect(out).not.toContain('Eva Brandt');
});
