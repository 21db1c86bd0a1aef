import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { amends, amendsJson } from './amends.testing.js';
import { AppWithClock } from './app-with-clock.testing.js';
import { Caller, eventually } from './running-app.testing.js';

const HERE = import.meta.dirname;
const PACK = readFileSync(resolve(HERE, '../../packs/service-recovery.yaml'), 'utf8');
/** One new case a day; the lowest scores get in first, within three days. */
const TIGHT = PACK.replace('perTeamAndDay: 200', 'perTeamAndDay: 1').replace(
  '{ order: oldest-first, within: 5d }',
  '{ order: lowest-first, within: 3d }',
);

let app: AppWithClock;
let operator: Caller;
let sam: Caller;
let ana: Caller;
let zoe: Caller;

const itIs = (time: string): Promise<void> => app.itIs(time);

beforeAll(async () => {
  app = await AppWithClock.start('2031-05-05T08:00:00.000Z');
  ({ operator } = app);
  sam = await app.caller('sam', 'supervisor', 'care');
  ana = await app.caller('ana', 'agent', 'care');
  zoe = await app.caller('zoe', 'agent', 'sales');
  const team = { name: 'Customer care', members: [{ id: 'ana', role: 'agent' }], fallbackOwner: 'sam' };
  expect((await operator.send('PUT', '/v1/teams/care', JSON.stringify(team))).status).toBe(200);
  const { body } = await operator.post('/v1/rules/drafts', { text: TIGHT });
  const rules = `/v1/rules/service-recovery/${String(body['ruleSet'])}`;
  expect((await operator.post(`${rules}/approve`, { reason: 'We begin small' })).status).toBe(200);
  expect((await operator.post(`${rules}/activate`, {})).status).toBe(200);
});
afterAll(() => app.end());

const ids = new Map<string, string>();
/** Sends a score, with no answer to "please contact me" unless told; its id is remembered by its name. */
async function answer(name: string, score: number, more: object = {}): Promise<void> {
  const response = { source: 'survey', externalId: name, customer: name, metric: 'nps', score, ...more };
  const { status, body } = await operator.post('/v1/responses', response);
  expect(status).toBe(202);
  ids.set(name, String(body['id']));
}
const documentsOf = (body: Readonly<Record<string, unknown>>) =>
  body['documents'] as readonly Record<string, unknown>[];
const listed = async (query = '', who = sam): Promise<readonly unknown[]> =>
  documentsOf((await who.get(`/v1/held-back${query}`)).body).map(({ response }) => response);
const named = (...names: readonly string[]) => names.map((name) => ids.get(name));
const shows = (query: string, ...names: readonly string[]) =>
  eventually(
    async () => (JSON.stringify(await listed(query)) === JSON.stringify(named(...names)) ? true : undefined),
    `the list${query} of ${names.join(', ') || 'nobody'}`,
  );
const caseOf = (name: string) =>
  eventually(async () => {
    const { status, body } = await sam.get(`/v1/cases/${String(ids.get(name))}`);
    return status === 200 ? body : undefined;
  }, `the case of ${name}`);
const funnelOf = async () => (await sam.get('/v1/reports/funnel')).body['triage'];
const release = (name: string, who = sam) =>
  who.post(`/v1/responses/${String(ids.get(name))}/release`, { reason: 'Called as well' });

test('whoever is beyond the number of the day stands on the list, by age and by score', async () => {
  await answer('first', 3);
  expect(await caseOf('first')).toMatchObject({ owner: 'ana' });
  await answer('bad', 2);
  await shows('', 'bad');
  await itIs('2031-05-05T09:00:00.000Z');
  await answer('worse', 0);
  await answer('leave me alone', 1, { contactMe: 'no' });
  await shows('', 'bad', 'worse');
  // Whoever asks to be contacted is not held back.
  await answer('asks', 1, { contactMe: 'yes' });
  expect(await caseOf('asks')).toMatchObject({ priority: 'high' });
  expect(await listed('?sort=lowest')).toEqual(named('worse', 'bad'));
  expect(await listed('?priority=normal&limit=1')).toEqual(named('bad'));
  expect(await listed('?priority=high')).toEqual([]);
  expect(await listed('', ana)).toEqual(named('bad', 'worse'));
  expect(await listed('', zoe)).toEqual([]);
  expect((await sam.get('/v1/held-back?state=lost')).body).toMatchObject({
    errors: [{ field: 'state', message: 'must be one of waiting, released, expired' }],
  });
  const { body } = await sam.get('/v1/held-back');
  expect(documentsOf(body)[0]).toMatchObject({
    state: 'waiting',
    team: 'care',
    kind: 'recover',
    lowest: 0.2,
    respondedAt: '2031-05-05T08:00:00.000Z',
    heldUntil: '2031-05-08T08:00:00.000Z',
  });
  expect(await funnelOf()).toEqual({ respected: 1, heldBack: 2, released: 0, expired: 0, waiting: 2 });
});

test('the next day has room for one, the lowest: its clocks start then', async () => {
  await itIs('2031-05-06T08:00:00.000Z');
  const opened = await caseOf('worse');
  expect(opened).toMatchObject({ owner: 'ana', team: 'care', openedAt: '2031-05-06T08:00:00.000Z' });
  await shows('', 'bad');
  const { body } = await sam.get(`/v1/clocks?case=${String(ids.get('worse'))}&target=alert`);
  expect(documentsOf(body)).toMatchObject([{ dueAt: '2031-05-06T08:15:00.000Z' }]);
  const { body: timeline } = await sam.get(`/v1/cases/${String(ids.get('worse'))}/timeline`);
  const entries = timeline['entries'] as readonly { type: string; by: string }[];
  expect(entries.map(({ type, by }) => `${type} ${by}`)).toEqual([
    'ResponseReceived operator',
    'ResponseTriaged triage-response',
    'ResponseReleased triage-response',
    'CaseOpened triage-response',
    'CaseAssigned triage-response',
  ]);
});

test('a supervisor releases one by hand, an agent does not, and it is released once', async () => {
  await answer('late', 4);
  await shows('', 'bad', 'late');
  expect(await release('bad', ana)).toMatchObject({ status: 403 });
  expect(await release('bad')).toMatchObject({ status: 200, body: { events: [{ type: 'ResponseReleased' }] } });
  expect(await caseOf('bad')).toMatchObject({ owner: 'ana', openedAt: '2031-05-06T08:00:00.000Z' });
  await shows('', 'late');
  await shows('?state=released', 'bad', 'worse');
  expect(await release('bad')).toMatchObject({ status: 409, body: { code: 'released-already' } });
  expect(await release('first')).toMatchObject({ status: 409, body: { code: 'not-held-back' } });
  ids.set('unheard of', '00000000-0000-4000-8000-000000000000');
  expect(await release('unheard of')).toMatchObject({ status: 404, body: { code: 'response-not-found' } });
});

test('what gets too old expires, and is released no more', async () => {
  await itIs('2031-05-09T08:00:00.000Z');
  await shows('');
  await shows('?state=expired', 'late');
  expect(await release('late')).toMatchObject({ status: 409, body: { code: 'held-back-expired' } });
  expect(await funnelOf()).toEqual({ respected: 1, heldBack: 3, released: 2, expired: 1, waiting: 0 });
  await eventually(async () => {
    const { body } = await sam.get('/v1/held-back?state=expired');
    return documentsOf(body)[0]?.['expiryRecorded'] === true ? true : undefined;
  }, 'its expiry in history');
});

test('a build anew is the same, and the command line lists and counts the same as of any time', async () => {
  expect((await operator.post('/v1/verify')).body).toMatchObject({ equal: true });
  const report = async (at: string, ...more: readonly string[]) =>
    (
      await amendsJson<{ rows: { response: string }[] }>(
        'report',
        'held-back',
        '--data',
        app.folder,
        '--at',
        at,
        ...more,
      )
    ).rows.map(({ response }) => response);
  expect(await report('2031-05-10')).toEqual([]);
  expect(await report('2031-05-10', '--state', 'expired', '--team', 'care')).toEqual(named('late'));
  expect(await report('2031-05-10', '--state', 'released', '--order', 'lowest-first')).toEqual(named('worse', 'bad'));
  // As it was known on Monday evening, two waited.
  expect(await report('2031-05-05T20:00:00Z', '--known-at', '2031-05-05T20:00:00Z')).toEqual(named('bad', 'worse'));
  const funnel = (...more: readonly string[]) =>
    amendsJson<{ triage: object }>('report', 'funnel', '--data', app.folder, '--at', '2031-05-09T08:00:00Z', ...more);
  expect((await funnel()).triage).toEqual({ respected: 1, heldBack: 3, released: 2, expired: 1, waiting: 0 });
  const { out } = await amends('report', 'held-back', '--data', app.folder, '--state', 'released');
  expect(out).toContain('held until');
});
