import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rmSync } from 'node:fs';
import { idOf } from '../../libs/event-sourcing/identity.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite-event-store.js';
import { DECLARATIONS, type RecordedEvent } from '../../libs/recovery/history.js';
import { appendEvents } from '../../libs/replay/history.testing.js';
import { Caller, eventually, RunningApp } from './running-app.testing.js';

const PLANTED = { comment: 'Planted: the parcel was crushed', name: 'Planted Eva', email: 'planted.eva@example.org' };
/** What nobody reads who does not work on the case. */
const SECRETS = [...Object.values(PLANTED), 'planted-c-77', '+49 30 7654321'];

let app: RunningApp;
let survey: Caller;
const callers = new Map<string, Caller>();
let id: string;

const caller = (name: string): Caller => {
  const found = callers.get(name);
  if (!found) throw new Error(`There is no caller ${name}.`);
  return found;
};

beforeAll(async () => {
  Caller.forget();
  app = await RunningApp.start();
  survey = await app.caller('survey-tool', 'integrator');
  callers.set('integrator', survey);
  for (const [name, role, team] of [
    ['ana', 'agent', 'care'],
    ['zoe', 'agent', 'sales'],
    ['sam', 'supervisor', 'care'],
    ['sid', 'supervisor', 'sales'],
    ['ruth', 'approver', undefined],
    ['rob', 'approver', 'sales'],
    ['iris', 'analyst', undefined],
  ] as const)
    callers.set(name, await app.caller(name, role, team));
  const team = { name: 'Care', members: [{ id: 'ana', role: 'agent' }], fallbackOwner: 'ana', supervisor: 'sam' };
  await app.operator.send('PUT', '/v1/teams/care', JSON.stringify(team));
  const sent = await survey.post('/v1/responses', {
    ...{ source: 'survey', externalId: 'r-1', customer: 'planted-c-77', order: 'o-4711', tags: ['parcel'] },
    ...{ metric: 'nps', score: 1, contactMe: 'yes', comment: PLANTED.comment },
    contact: { name: PLANTED.name, email: PLANTED.email, phone: '+49 30 7654321', language: 'de' },
  });
  expect(sent.status).toBe(202);
  id = String(sent.body['id']);
  await eventually(async () => {
    const { status, body } = await app.operator.get(`/v1/cases/${id}`);
    return status === 200 && body['owner'] === 'ana' ? true : undefined;
  }, 'the case of the response');
});

afterAll(async () => {
  await app.stop();
  rmSync(app.folder, { recursive: true, force: true });
});

describe('whoever works on a case', () => {
  test.each(['ana', 'sam', 'ruth'])('sees what the customer said and how to reach them: %s', async (name) => {
    const { body } = await caller(name).get(`/v1/cases/${id}`);
    expect(body).toMatchObject({
      order: 'o-4711',
      tags: ['parcel'],
      feedback: {
        source: 'survey',
        externalId: 'r-1',
        answers: [{ metric: 'nps', score: 1 }],
        contactMe: 'yes',
        comment: PLANTED.comment,
      },
      references: [{ source: 'survey', id: 'planted-c-77' }],
      contact: { name: PLANTED.name, email: PLANTED.email, phone: '+49 30 7654321', language: 'de' },
    });
  });

  test('reads the comment in the timeline, before what was done about it', async () => {
    const { body } = await caller('ana').get(`/v1/cases/${id}/timeline`);
    const entries = body['entries'] as readonly { type: string; said: object }[];
    expect(entries.map(({ type }) => type).slice(0, 3)).toEqual(['ResponseReceived', 'ResponseTriaged', 'CaseOpened']);
    expect(entries[0]?.said).toMatchObject({ comment: PLANTED.comment });
  });

  test.each([
    ['their id in a source', 'customer=planted-c-77'],
    ['their e-mail address, in any case', 'email=Planted.Eva@Example.org'],
    ['the order', 'order=o-4711'],
  ])('finds the case by %s', async (_, query) => {
    const { body } = await caller('ana').get(`/v1/cases?${query}`);
    expect(body['documents']).toMatchObject([{ case: id }]);
    expect((await caller('ana').get(`/v1/cases?${query}1`)).body['documents']).toEqual([]);
  });

  test('sees contact data that comes later, beside what was known', async () => {
    const put = { source: 'survey', phone: '+49 30 7654321', zone: 'Europe/Berlin' };
    const path = '/v1/customers/planted-c-77/contact';
    expect((await survey.send('PUT', path, JSON.stringify(put))).status).toBe(204);
    const { body } = await caller('ana').get(`/v1/cases/${id}`);
    expect(body['contact']).toMatchObject({ name: PLANTED.name, zone: 'Europe/Berlin' });
    const wrong = await survey.send('PUT', path, JSON.stringify({ source: 'survey', email: 'eva', zone: '+05:30' }));
    expect(wrong.status).toBe(422);
    expect(JSON.stringify(wrong.body)).toContain('must be an address such as eva@example.org');
    expect(JSON.stringify(wrong.body)).toContain('must be an IANA zone such as Europe/Berlin');
  });
});

describe('nobody else', () => {
  test.each(['zoe', 'sid', 'rob', 'iris', 'integrator'])('reads a word of it on any route: %s', async (name) => {
    const { body } = await app.operator.get('/docs-json');
    const routes = Object.entries(body['paths'] as Record<string, Record<string, unknown>>);
    const gets = routes.filter(([, methods]) => 'get' in methods).map(([path]) => path);
    expect(gets.length).toBeGreaterThan(20);
    for (const path of gets) {
      if (path.includes('/events')) continue; // a stream without an end
      const address = path
        .replace('{id}', id)
        .replace('{topic}', 'amends.cases')
        .replace('{programme}', 'service-recovery');
      const answer = await caller(name).get(address);
      for (const secret of SECRETS)
        expect({ path, leaks: JSON.stringify(answer.body).includes(secret) }).toEqual({ path, leaks: false });
    }
    for (const model of ['cases', 'queues', 'customers', 'funnel']) {
      const answer = await caller(name).post(`/v1/read-models/${model}/query`, {});
      for (const secret of SECRETS) expect(JSON.stringify(answer.body)).not.toContain(secret);
    }
  });

  test('finds a case by who the customer is', async () => {
    expect((await caller('iris').get('/v1/cases?customer=planted-c-77')).status).toBe(403);
    expect((await caller('iris').get(`/v1/cases?email=${PLANTED.email}`)).status).toBe(403);
    for (const name of ['zoe', 'sid', 'rob'])
      for (const query of [`email=${PLANTED.email}`, 'customer=planted-c-77'])
        expect((await caller(name).get(`/v1/cases?${query}`)).body['documents']).toEqual([]);
  });
});

test('each request that shows it is recorded once, with all that it showed', async () => {
  await caller('ana').post(`/v1/cases/${id}/notes`, { note: 'Planted: wants it by Friday' });
  const amy = await app.caller('amy', 'agent', 'care');
  await amy.get(`/v1/cases/${id}`);
  await amy.get(`/v1/cases/${id}/timeline`);
  await app.stop();
  const history = SqliteEventStore.open({ folder: app.folder, declarations: DECLARATIONS, mode: 'read' });
  const accesses: object[] = [];
  let customer = '';
  for await (const { events } of history.readAll())
    for (const event of events as readonly RecordedEvent[]) {
      if (event.type === 'CaseOpened') customer = event.data.customer;
      if (event.type === 'AccessRecorded' && event.actor.id === 'amy') accesses.push(event.data);
    }
  await history.close();
  app = await RunningApp.start(app.folder);
  const reach = ['email', 'language', 'name', 'phone', 'zone'].map((field) => `contact.${field}`);
  expect(accesses).toEqual([
    { customer, case: id, route: 'GET /v1/cases/:id', fields: ['comment', ...reach, 'note', 'references'] },
    { customer, case: id, route: 'GET /v1/cases/:id/timeline', fields: ['comment', 'note'] },
  ]);
});

test('a case whose response nobody recorded, as an import may have it, shows its own timeline', async () => {
  await app.stop();
  const history = SqliteEventStore.open({ folder: app.folder, declarations: DECLARATIONS, mode: 'write' });
  const imported = idOf('imported');
  const opening = { case: imported, customer: 'customer-1', kind: 'recover', priority: 'high', tags: [] } as const;
  const opened = { type: 'CaseOpened', data: { ...opening, response: idOf('never recorded') } } as const;
  await appendEvents(history, [{ stream: `case-${imported}`, event: opened }]);
  await history.close();
  app = await RunningApp.start(app.folder);
  await eventually(
    async () => ((await app.operator.get(`/v1/cases/${imported}`)).status === 200 ? true : undefined),
    'the imported case',
  );
  const { status, body } = await app.operator.get(`/v1/cases/${imported}/timeline`);
  expect(status).toBe(200);
  expect(body['entries']).toMatchObject([{ type: 'CaseOpened' }]);
});
