import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { incidentLog } from '../faults/incident-log.testing.js';
import { amendsJson } from './amends.testing.js';
import { Caller, eventually, RunningApp } from './running-app.testing.js';

const PACK = readFileSync(resolve(import.meta.dirname, '../../packs/incidents.yaml'), 'utf8');
const TIGHTER = PACK.replace('within: 62h', 'within: 1h');
/** At this time half of the incidents were known, and one of them was still open. */
const KNOWN = '2031-03-06T10:00:00Z';
/** Both ways read running clocks at this moment. */
const AT = '2031-04-02';

const folder = mkdtempSync(join(tmpdir(), 'amends-views-'));
const data = join(folder, 'data');
let app: RunningApp;
let tighter: string;

beforeAll(async () => {
  Caller.forget();
  const file = join(folder, 'incidents.csv');
  writeFileSync(file, incidentLog(12));
  await amendsJson('import', '--mapping', 'mappings/incidents.yaml', '--data', data, file);
  app = await RunningApp.start(data);
  const { body } = await app.operator.post('/v1/rules/drafts', { text: TIGHTER, note: 'An hour' });
  tighter = String(body['ruleSet']);
});
afterAll(async () => {
  await app.stop();
  rmSync(folder, { recursive: true, force: true });
});

type View = Readonly<Partial<Record<'at' | 'knownAt' | 'under', string>>>;

async function overHttp(path: string, view: View): Promise<unknown> {
  const { status, body } = await app.operator.get(`${path}?${new URLSearchParams({ ...view }).toString()}`);
  expect({ path, view, status, body }).toMatchObject({ status: 200 });
  return body;
}

/** Asks the command line the same while the app runs. */
const onCommandLine = (command: readonly string[], { at, knownAt, under }: View): Promise<unknown> =>
  amendsJson(
    ...command,
    ...(at === undefined ? [] : ['--at', at]),
    ...(knownAt === undefined ? [] : ['--known-at', knownAt]),
    ...(under === undefined ? [] : ['--under', under]),
    '--data',
    data,
  );

const views = (): readonly (readonly [string, View])[] => [
  ['as things are', {}],
  ['as known then', { knownAt: KNOWN }],
  ['under other rules', { under: tighter.slice(0, 12) }],
  ['as known then, under other rules', { knownAt: KNOWN, under: tighter.slice(0, 12) }],
];

test('each view has the clocks of the command line, and all views differ', async () => {
  const seen = new Set<string>();
  for (const [, view] of views()) {
    const asked = { at: AT, ...view };
    const report = await overHttp('/v1/reports/clocks', asked);
    expect(report).toEqual(await onCommandLine(['report', 'clocks'], asked));
    seen.add(JSON.stringify(report));
  }
  expect(seen.size).toBe(4);
});

test.each(['disagreements', 'funnel', 'root-causes', 'times', 'repeats'])(
  'the report %s equals that of the command line',
  async (report) => {
    const view = { knownAt: KNOWN, under: tighter };
    const there = (await overHttp(`/v1/reports/${report}`, view)) as { readonly rows: readonly object[] };
    const here = (await onCommandLine(['report', report], view)) as { readonly rows: readonly object[] };
    // The command line prints fewer fields of disagreements.
    if (report === 'disagreements') expect(there).toMatchObject(here);
    else expect(there).toEqual(here);
    expect(there).not.toEqual(await overHttp(`/v1/reports/${report}`, {}));
  },
);

describe('a case', () => {
  const number = 'INC0000004';
  let id: string;
  beforeAll(async () => {
    const { documents } = (await app.operator.get(`/v1/cases?reference=${number}`)).body as {
      documents: readonly { id: string }[];
    };
    id = String(documents[0]?.id);
  });

  test('has the audit of the command line', async () => {
    const verdicts: string[] = [];
    for (const [, view] of views()) {
      const audit = await overHttp(`/v1/cases/${id}/audit`, { at: AT, ...view });
      expect(audit).toEqual(await onCommandLine(['audit', number], { at: AT, ...view }));
      verdicts.push(String((audit as { clocks: readonly { verdict: string }[] }).clocks[0]?.verdict));
    }
    expect(verdicts).toEqual(['met', 'overdue', 'missed', 'overdue']);
  });
  test('has an audit step by step', async () => {
    const { body } = await app.operator.get(`/v1/cases/${id}/audit?at=${AT}&steps=true`);
    expect(body).toEqual(await amendsJson('audit', number, '--at', AT, '--steps', '--data', data));
    expect(body['steps']).toHaveLength((body['events'] as readonly object[]).length);
  });
  test('that was not known yet has no audit', async () => {
    expect(await app.operator.get(`/v1/cases/${id}/audit?knownAt=2031-01-01`)).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'knownAt', message: expect.stringContaining('name a later time') }] },
    });
  });
  test('that does not exist is not found', async () => {
    const none = '00000000-0000-5000-8000-000000000000';
    expect((await app.operator.get(`/v1/cases/${none}/audit`)).status).toBe(404);
  });
});

test.each([
  ['knownAt=yesterday', 'knownAt', 'must be an instant such as 2031-05-05T09:00:00Z or a day such as 2031-05-05'],
  ['knownAt=2031-02-30', 'knownAt', 'must be an instant'],
  ['knownAt=', 'knownAt', 'must be an instant'],
  ['knownAt=2031-01-01&knownAt=2031-01-02', 'knownAt', 'must be an instant'],
  ['at=noon', 'at', 'must be an instant'],
  ['under=nothing', 'under', 'names no rule set of this store: "nothing"'],
  ['under=', 'under', 'names no rule set of this store'],
  ['until=2031-01-01', 'until', 'is not known here; there are programme, by, at, knownAt, under'],
])('%s is refused, naming the parameter', async (query, field, message) => {
  expect(await app.operator.get(`/v1/reports/clocks?${query}`)).toMatchObject({
    status: 422,
    body: { errors: [{ field, message: expect.stringContaining(message) }] },
  });
});

test('one request at a time reads all of history, while live read models answer others', async () => {
  const ask = () => app.operator.get(`/v1/reports/clocks?knownAt=${KNOWN}`);
  const [one, other, live] = await Promise.all([ask(), ask(), app.operator.get('/v1/reports/clocks')]);
  expect([one.status, other.status].sort()).toEqual([200, 503]);
  const refused = one.status === 503 ? one : other;
  expect(refused).toMatchObject({ body: { code: 'history-being-read' } });
  expect(refused.headers.get('retry-after')).toBe('5');
  expect(live.status).toBe(200);
  expect(await eventually(async () => ((await ask()).status === 200 ? true : undefined), 'the next one')).toBe(true);
});

test('the documentation names both times and the rules', async () => {
  const { body } = await app.operator.get('/docs-json');
  type Paths = Readonly<Record<string, { get: { parameters: readonly { name: string; description?: string }[] } }>>;
  const paths = body['paths'] as Paths;
  const routes = Object.keys(paths).filter((path) => path.startsWith('/v1/reports/') || path.endsWith('/audit'));
  expect(routes).toHaveLength(7);
  for (const route of routes)
    for (const name of ['knownAt', 'under'])
      expect(paths[route]?.get.parameters).toContainEqual(
        expect.objectContaining({ name, in: 'query', description: expect.any(String) }),
      );
});
