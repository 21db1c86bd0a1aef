import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { amends, amendsJson } from './amends.testing.js';
import { AppWithClock } from './app-with-clock.testing.js';
import { eventually, OPERATOR_KEY, type Caller } from './running-app.testing.js';

interface Report {
  readonly repeatable: boolean;
  readonly seed: string;
  readonly cases: readonly { readonly case: string; readonly agrees: boolean | null }[];
  readonly strata: readonly Readonly<Record<string, unknown>>[];
}

let app: AppWithClock;
let operator: Caller;
let ruth: Caller;
beforeAll(async () => {
  app = await AppWithClock.start('2031-04-10T08:00:00.000Z');
  ({ operator } = app);
  ruth = await app.caller('ruth', 'approver', 'service-recovery');
});
afterAll(() => app.end());

/** A case that is won back, or was said to be, and approved. */
async function approved(customer: string): Promise<string> {
  const response = { source: 'survey', externalId: customer, customer, metric: 'nps', score: 1, contactMe: 'yes' };
  const id = String((await operator.post('/v1/responses', response)).body['id']);
  await eventually(async () => ((await operator.get(`/v1/cases/${id}`)).status === 200 ? true : undefined), 'a case');
  const act = async (as: Caller, path: string, body: object): Promise<Readonly<Record<string, unknown>>> => {
    const answer = await as.post(`/v1/cases/${id}/${path}`, body);
    expect([path, answer.status, answer.body['detail']]).toEqual([path, 200, undefined]);
    return answer.body;
  };
  await act(operator, 'contact-attempts', { channel: 'phone', outcome: 'reached' });
  await act(operator, 'offers', { offer: 'o-1', kind: 'apology' });
  await act(operator, 'offers/o-1/answer', { answer: 'accepted' });
  await act(operator, 'root-cause', { cause: ['process', 'billing', 'double-charge'], action: 'Refunded' });
  await act(operator, 'submission', { summary: 'Said sorry.' });
  await act(ruth, 'approval', {});
  return id;
}

const sampled = async (): Promise<Report> =>
  (await operator.get('/v1/verification-samples?month=2031-04')).body as unknown as Report;

test('before its month is over no sample can be drawn, and none is shown', async () => {
  const ids = [await approved('c-1'), await approved('c-2'), await approved('c-3')];
  expect(new Set(ids).size).toBe(3);
  const early = await operator.post('/v1/verification-samples', { month: '2031-04' });
  expect([early.status, early.body['code']]).toEqual([409, 'period-not-over']);
  expect((await operator.get('/v1/verification-samples?month=2031-04')).status).toBe(404);
});

test('a month that is none, and rules that do not say how to draw, are refused in words', async () => {
  const wrong = await operator.post('/v1/verification-samples', { month: '2031-13' });
  expect([wrong.status, wrong.body['detail']]).toEqual([422, '"2031-13" is no month. Send one such as 2031-05.']);
  process.env['AMENDS_KEY'] = OPERATOR_KEY;
  const { code, err } = await amends('verify-sample', 'April', '--data', app.folder);
  expect([code, err]).toEqual([2, expect.stringContaining('"April" is no month')]);
});

test('a sample is drawn once; an auditor draws the same cases by hand from what is recorded', async () => {
  await app.itIs('2031-05-02T08:00:00.000Z');
  const drawn = await amendsJson<Report>('verify-sample', '2031-04', '--data', app.folder);
  expect(drawn).toMatchObject({ repeatable: true, seed: 'service-recovery/2031-04' });
  const again = await amendsJson<Report>('verify-sample', '2031-04', '--data', app.folder);
  expect(again).toEqual(drawn);
  expect(await sampled()).toEqual(drawn);
  // Three cases of one owner at a rate of 5 % are one case: the one with the lowest ticket.
  const [stratum] = drawn.strata;
  expect(stratum).toMatchObject({ approved: 3, drawn: 1, called: 0, disagreements: 0 });
  const { documents } = (await operator.get('/v1/cases')).body as { documents: readonly { case: string }[] };
  const ticket = (id: string) => createHash('sha256').update(`${drawn.seed}\n${id}`).digest('hex');
  const lowest = documents.map((one) => one.case).toSorted((a, b) => (ticket(a) < ticket(b) ? -1 : 1))[0];
  expect(drawn.cases.map((one) => one.case)).toEqual([lowest]);
});

test('a customer who says otherwise than the record is counted; a corrected call counts as corrected', async () => {
  const [{ case: id = '' } = {}] = (await sampled()).cases;
  const call = { outcome: 'reached', satisfied: false, note: 'Still waits for the refund.' };
  const { body } = await ruth.post(`/v1/cases/${id}/callbacks`, call);
  expect(await sampled()).toMatchObject({
    strata: [{ called: 1, reached: 1, satisfied: 0, disagreements: 1 }],
    cases: [{ callback: { by: 'ruth', satisfied: false }, record: 'recovered', agrees: false }],
  });
  const [event] = body['events'] as readonly { id: string }[];
  const right = { corrects: event?.id, set: { satisfied: true }, reason: 'A slip of the key' };
  expect((await operator.post(`/v1/cases/${id}/corrections`, right)).status).toBe(200);
  expect(await sampled()).toMatchObject({ strata: [{ satisfied: 1, disagreements: 0 }], cases: [{ agrees: true }] });
  const { out } = await amends('verify-sample', '2031-04', '--data', app.folder);
  expect(out).toContain('Drawn again: gives the same cases.');
  expect(out).not.toContain('refund');
});
