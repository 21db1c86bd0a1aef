import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { rmSync } from 'node:fs';
import { Caller, eventually, RunningApp } from './running-app.testing.js';

const EVA = { source: 'survey', externalId: 'c-77' };
const EVE = { source: 'shop', externalId: '100231' };

let app: RunningApp;
let ana: Caller;
const cases = new Map<string, string>();
const caseOf = (source: string): string => cases.get(source) ?? '';

/** The case of a complaint in this source, once triage has opened it. */
async function complain(survey: Caller, { source, externalId }: typeof EVA, email: string): Promise<void> {
  const sent = await survey.post('/v1/responses', {
    ...{ source, externalId: `r of ${externalId}`, customer: externalId },
    ...{ metric: 'nps', score: 1, contactMe: 'yes', contact: { name: `Eva of ${source}`, email } },
  });
  const id = String(sent.body['id']);
  cases.set(source, id);
  await eventually(async () => {
    const { status, body } = await app.operator.get(`/v1/cases/${id}`);
    return status === 200 && body['owner'] === 'ana' ? true : undefined;
  }, 'the case of the response');
}

beforeAll(async () => {
  Caller.forget();
  app = await RunningApp.start();
  const survey = await app.caller('survey-tool', 'integrator');
  ana = await app.caller('ana', 'agent', 'care');
  const team = { name: 'Care', members: [{ id: 'ana', role: 'agent' }], fallbackOwner: 'ana', supervisor: 'sam' };
  await app.operator.send('PUT', '/v1/teams/care', JSON.stringify(team));
  await complain(survey, EVA, 'eva@example.org');
  await complain(survey, EVE, 'eve@example.org');
});
afterAll(async () => {
  await app.stop();
  rmSync(app.folder, { recursive: true, force: true });
});

const merge = () => ana.post(`/v1/cases/${caseOf('survey')}/merge`, { into: caseOf('shop'), reason: 'Sent twice' });
const repeats = async () => (await app.operator.get('/v1/reports/repeats')).body['rows'];
const verified = async () => (await app.operator.post('/v1/verify')).body;
const join = (customers: readonly object[]) =>
  app.operator.post('/v1/customers/joins', { customers, reason: 'The same telephone' });
const separate = (customer: object) =>
  app.operator.post('/v1/customers/separations', { customer, reason: 'Two sisters' });

test("a case is not merged into another customer's until an operator says that both are one person", async () => {
  expect(await merge()).toMatchObject({ status: 422, body: { code: 'merge-into-another-customers' } });
  expect((await ana.post('/v1/customers/joins', { customers: [EVA, EVE], reason: 'r' })).status).toBe(403);
  expect(await repeats()).toMatchObject([{ customers: 2, cases: 2, repeatsWithin30Days: 0 }]);
  const { status, body } = await join([EVA, EVE]);
  expect({ status, customers: (body['customers'] as unknown[]).length }).toEqual({ status: 200, customers: 2 });
  expect((await join([EVE, EVA])).status).toBe(200);
  await eventually(async () => {
    const [row] = (await repeats()) as { customers: number; repeatsWithin30Days: number }[];
    return row?.customers === 1 && row.repeatsWithin30Days === 1 ? true : undefined;
  }, 'the report that counts both as one');
  expect(await verified()).toMatchObject({ equal: true, seals: 'intact' });
});

test('whoever works on a case of the one sees how to reach both, and finds the cases of both', async () => {
  const { body } = await ana.get(`/v1/cases/${caseOf('survey')}`);
  expect(body).toMatchObject({
    contact: { email: 'eva@example.org' },
    joined: [{ references: [{ source: 'shop', id: '100231' }], contact: { email: 'eve@example.org' } }],
  });
  const found = (await ana.get('/v1/cases?email=eve@example.org')).body['documents'] as { case: string }[];
  expect(found.map((one) => one.case).toSorted()).toEqual([...cases.values()].toSorted());
});

test('their cases are merged, count once, and the audit says why they could be', async () => {
  expect(await merge()).toMatchObject({ status: 200, body: { events: [{ type: 'CaseMerged' }] } });
  await eventually(async () => {
    const [row] = (await repeats()) as { cases: number }[];
    return row?.cases === 1 ? row : undefined;
  }, 'the duplicate to count once');
  expect(await repeats()).toMatchObject([{ customers: 1, cases: 1, repeatsWithin30Days: 0 }]);
  const { body } = await app.operator.get(`/v1/cases/${caseOf('survey')}/audit`);
  expect(body['events']).toContainEqual(
    expect.objectContaining({
      type: 'CustomersJoined',
      actor: { id: expect.any(String), role: 'operator' },
      data: expect.objectContaining({ reason: 'The same telephone' }),
    }),
  );
});

test('a separation takes it back: the cases apart, each in work, and what counts', async () => {
  const { customer } = (await ana.get(`/v1/cases/${caseOf('shop')}`)).body as { customer: string };
  expect(await separate({ id: customer })).toMatchObject({
    status: 200,
    body: { customers: [customer], reopened: [caseOf('survey')] },
  });
  await eventually(async () => {
    const { body } = await ana.get(`/v1/cases/${caseOf('survey')}`);
    return body['status'] === 'open' && body['owner'] === 'ana' && body['mergedInto'] === null ? true : undefined;
  }, 'the case in work again');
  expect(await repeats()).toMatchObject([{ customers: 2, cases: 2, repeatsWithin30Days: 0 }]);
  expect((await ana.get(`/v1/cases/${caseOf('survey')}`)).body['joined']).toEqual([]);
  expect(await merge()).toMatchObject({ body: { code: 'merge-into-another-customers' } });
  expect(await separate({ id: customer })).toMatchObject({ status: 200, body: { reopened: [] } });
  expect(await verified()).toMatchObject({ equal: true, seals: 'intact' });
});

test.each([
  ['customer-unknown-to-source', 'customers/1', [EVA, { source: 'shop', externalId: 'nobody' }]],
  ['customer-unknown', 'customers/0', [{ id: '5b0d1c9e-0c1e-5d5e-9c7a-3d1f6a2b4c8d' }, EVE]],
  ['customer-unclear', 'customers/0', [{ source: 'survey' }, EVE]],
  ['one-customer-already', 'customers', [EVA, EVA]],
])('customers who cannot be joined are named: %s', async (code, field, customers) => {
  expect(await join(customers)).toMatchObject({ status: 422, body: { code, errors: [{ field }] } });
});
test('who was never joined is not separated', async () => {
  const survey = await app.caller('other-tool', 'integrator');
  await complain(survey, { source: 'forum', externalId: 'f-1' }, 'bob@example.org');
  expect(await separate({ source: 'forum', externalId: 'f-1' })).toMatchObject({
    status: 422,
    body: { code: 'never-joined' },
  });
});
