import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { Caller, OPERATOR_KEY, RunningApp } from './running-app.testing.js';

const PACK = readFileSync(resolve(import.meta.dirname, '../../packs/service-recovery.yaml'), 'utf8');
const TIGHTER = PACK.replace('{ within: 72h }', '{ within: 30h }');
const AT = '/v1/rules/service-recovery';

let app: RunningApp;
let olga: Caller;
let ruleSet: string;
let plan: Readonly<Record<string, unknown>>;
let before: unknown;

beforeAll(async () => {
  Caller.forget();
  app = await RunningApp.start(undefined, { AMENDS_DEMO: 'on' });
  olga = await app.caller('olga', 'operator');
  before = (await app.operator.post('/v1/verify')).body['digest'];
});

afterAll(async () => {
  await app.stop();
  rmSync(app.folder, { recursive: true, force: true });
});

test('the answer reports mistakes of a draft by line, path and remedy', async () => {
  const { status, body } = await olga.post('/v1/rules/drafts', { text: PACK.replace('Europe/Berlin', 'Mars/Base') });
  expect(status).toBe(422);
  expect(body['errors']).toMatchObject([
    { field: 'calendars.office.zone', line: expect.any(Number), remedy: expect.any(String) },
  ]);
});

test('a rehearsal reports its progress, then its result', async () => {
  const drafted = await olga.post('/v1/rules/drafts', { text: TIGHTER, note: 'A day and a bit' });
  ruleSet = String(drafted.body['ruleSet']);
  const unrehearsed = await olga.post(`${AT}/${ruleSet}/activate`, { overThePast: true });
  expect(unrehearsed).toMatchObject({ status: 409, body: { code: 'rule-set-not-rehearsed' } });
  const response = await fetch(new URL('/v1/rehearsals', app.url), {
    method: 'POST',
    headers: {
      authorization: `Bearer ${OPERATOR_KEY}`,
      'content-type': 'application/json',
      accept: 'text/event-stream',
    },
    body: JSON.stringify({ rules: ruleSet.slice(0, 12) }),
  });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const messages = (await response.text()).trim().split('\n\n');
  expect(messages[0]).toContain('event: progress');
  expect(messages.at(-1)).toContain('event: result');
  plan = JSON.parse(String(messages.at(-1)?.split('\ndata: ')[1])) as Record<string, unknown>;
  expect(plan).toMatchObject({ ruleSet, recorded: true, digestBefore: before });
  expect(plan['changedCount']).toBeGreaterThan(0);
  const location = response.headers.get('location') ?? '';
  expect((await olga.get(location)).body).toEqual(plan);
  const page = await olga.get(`${location}/report`);
  expect(page.headers.get('content-type')).toContain('text/html');
  expect(page.body['text']).toContain('Mechanical effect only');
});

test('somebody other than the author approves a rehearsal, and activation ends at its digest', async () => {
  const alone = await olga.post(`${AT}/${ruleSet}/approve`, { reason: 'Mine' });
  expect(alone).toMatchObject({ status: 409, body: { code: 'four-eyes-on-rules' } });
  expect((await app.operator.post(`${AT}/${ruleSet}/approve`, { reason: 'As wanted' })).status).toBe(200);
  const sent = { 'idempotency-key': 'tighter-over-the-past' };
  const { status, body } = await olga.post(`${AT}/${ruleSet}/activate`, { overThePast: true }, sent);
  expect(status).toBe(200);
  expect(body).toMatchObject({ digestBefore: before, digestAfter: plan['digestAfter'], since: { events: 0 } });
  const { since: _, ...answer } = body;
  const again = await olga.post(`${AT}/${ruleSet}/activate`, { overThePast: true }, sent);
  expect({ status: again.status, body: again.body }).toEqual({ status: 200, body: answer });
  expect((await olga.post('/v1/verify')).body).toMatchObject({ equal: true, digest: plan['digestAfter'] });
});

test('a rollback restores the previous state', async () => {
  const rollBack = () =>
    olga.post(`${AT}/rollback`, { reason: 'Too tight after all' }, { 'idempotency-key': 'tighter-no-more' });
  const { status, body } = await rollBack();
  expect({ status, body }).toMatchObject({ status: 200, body: { digestAfter: before } });
  const again = await rollBack();
  expect({ status: again.status, body: again.body }).toEqual({ status, body });
  expect((await olga.post('/v1/verify')).body).toMatchObject({ equal: true, digest: before, seals: 'intact' });
  expect((await olga.post(`${AT}/rollback`, { reason: 'Again' })).status).toBe(409);
});

test('an activation from now on gets the same answer when it is sent again', async () => {
  await olga.post('/v1/rehearsals', { rules: ruleSet });
  await app.operator.post(`${AT}/${ruleSet}/approve`, { reason: 'From now on, then' });
  const activate = () => olga.post(`${AT}/${ruleSet}/activate`, {}, { 'idempotency-key': 'tighter-from-now-on' });
  const first = await activate();
  expect(first).toMatchObject({ status: 200, body: { events: [{ type: 'RuleSetActivated' }], digestBefore: before } });
  const { status, body } = await activate();
  expect({ status, body }).toEqual({ status: 200, body: first.body });
  expect((await olga.post(`${AT}/rollback`, { reason: 'No more' })).body).toMatchObject({ digestAfter: before });
});

test('a renamed cause applies to all of history, and counts as recorded stay, before and after a rollback', async () => {
  const counts = async (as: string): Promise<Record<string, number>> => {
    const { body } = await olga.get(`/v1/reports/root-causes?level=2&as=${as}`);
    const rows = body['rows'] as { cause: string[]; count: number }[];
    return Object.fromEntries(rows.map(({ cause, count }) => [cause.join(' > '), count]));
  };
  const recorded = await counts('recorded');
  const first = await counts('first');
  const billed = recorded['process > billing'];
  expect(billed).toBeGreaterThan(0);
  expect(await counts('read')).toEqual(recorded);

  const renamed = PACK.replace('- code: billing', '- code: invoicing').replace(
    'rootCauses:\n',
    'rootCauses:\n  mapped:\n    - { from: [process, billing], to: [process, invoicing] }\n',
  );
  const { body: drafted } = await olga.post('/v1/rules/drafts', { text: renamed, note: 'Billing is invoicing now' });
  const named = String(drafted['ruleSet']);
  const { body: rehearsal } = await olga.post('/v1/rehearsals', { rules: named });
  const causes = (rehearsal['after'] as { totals: { causes: { cause: string[]; count: number }[] } }).totals.causes;
  const foreseen = causes.filter(({ cause }) => cause[1] === 'invoicing').reduce((sum, { count }) => sum + count, 0);
  expect(foreseen).toBe(billed);
  expect((await app.operator.post(`${AT}/${named}/approve`, { reason: 'As wanted' })).status).toBe(200);
  expect((await olga.post(`${AT}/${named}/activate`, { overThePast: true })).status).toBe(200);

  const { 'process > billing': _, ...others } = recorded;
  expect(await counts('read')).toEqual({ ...others, 'process > invoicing': billed });
  expect(await counts('recorded')).toEqual(recorded);
  expect(await counts('first')).toEqual(first);

  expect((await olga.post(`${AT}/rollback`, { reason: 'Billing it stays' })).status).toBe(200);
  expect(await counts('read')).toEqual(recorded);
});

test('planned rules are not in force yet, and an activation that replaces them says so', async () => {
  const inForce = async (): Promise<unknown> => (await olga.get(AT)).body['inForce'];
  const held = await inForce();
  const drafted = async (hours: number): Promise<string> => {
    const { body } = await olga.post('/v1/rules/drafts', {
      text: PACK.replace('{ within: 72h }', `{ within: ${hours}h }`),
    });
    expect((await app.operator.post(`${AT}/${String(body['ruleSet'])}/approve`, { reason: 'As wanted' })).status).toBe(
      200,
    );
    return String(body['ruleSet']);
  };
  const [planned, other] = [await drafted(31), await drafted(32)];
  const from = '2131-05-05T09:00:00.000Z';
  const first = await olga.post(`${AT}/${planned}/activate`, { from });
  expect(first).toMatchObject({ status: 200, body: { replaces: [] } });
  expect(await inForce()).toBe(held);
  const { body: listed } = await olga.get('/v1/rules');
  expect(listed['documents']).toMatchObject([
    { inForce: held, book: expect.arrayContaining([{ ruleSet: planned, from, foreseen: true }]) },
  ]);

  const second = await olga.post(`${AT}/${other}/activate`, {});
  expect(second).toMatchObject({ status: 200, body: { replaces: [{ ruleSet: planned, from }] } });
  expect(await inForce()).toBe(other);
});
