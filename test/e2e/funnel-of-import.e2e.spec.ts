import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { amends, amendsJson } from './amends.testing.js';
import { RunningApp } from './running-app.testing.js';

const folder = mkdtempSync(join(tmpdir(), 'amends-funnel-'));
const data = join(folder, 'data');

const RULES = `
programme: desk
title: Desk
reviewBy: '2032-01-01'
fallbackOwner: desk
calendars: {}
triage:
  low: { nps: 6 }
  cells:
    low: { 'yes': { do: recover }, 'no': { do: respect }, not-answered: { do: recover } }
    high: { 'yes': { do: nothing }, 'no': { do: nothing }, not-answered: { do: nothing } }
targets: []
`;
/** The desk opened a case for each line, whatever the customer answered, or whether they did. */
const MAPPING = `
programme: desk
title: Desk
source: desk
pack: rules.yaml
format: { type: csv }
zone: Etc/UTC
dates: yyyy-MM-dd
rows: { group: number, grouped: together, id: [number] }
emit:
  - type: ResponseReceived
    when: { row: { score: { $ne: null } } }
    occurredAt: day
    set: { kind: survey, answers: { scores: { nps: score } } }
  - type: CaseOpened
    occurredAt: day
    set: { kind: recover, priority: normal, reference: { column: number } }
  - type: ContactAttempted
    when: { row: { called: 'yes' } }
    occurredAt: day
    set: { channel: phone, outcome: reached }
  - type: CaseApproved
    when: { row: { closed: 'yes' } }
    occurredAt: day
`;
const ROWS = [
  ...Array.from({ length: 7 }, (_, n) => `low-${n},3,yes,${n < 5 ? 'yes' : 'no'}`),
  ...Array.from({ length: 4 }, (_, n) => `high-${n},9,${n < 1 ? 'yes' : 'no'},yes`),
  ...Array.from({ length: 2 }, (_, n) => `none-${n},,no,yes`),
];

interface Funnel {
  readonly rows: readonly { readonly step: string; readonly count: number }[];
  readonly apart: readonly unknown[];
}

const isRight = ({ rows, apart }: Funnel): void => {
  expect(Object.fromEntries(rows.map(({ step, count }) => [step, count]))).toMatchObject({
    received: 11,
    flagged: 7,
    opened: 7,
    contacted: 7,
    approved: 5,
  });
  expect(apart).toMatchObject([
    {
      says: 'opened without a flagged response',
      count: 6,
      rows: [
        { step: 'contacted', count: 1, of: 'opened' },
        { step: 'offered', count: 0 },
        { step: 'accepted', count: 0 },
        { step: 'approved', count: 6 },
        { step: 'reSurveyed', count: 0 },
        { step: 'recovered', count: 0 },
      ],
    },
  ]);
};

beforeAll(async () => {
  writeFileSync(join(folder, 'rules.yaml'), RULES);
  writeFileSync(join(folder, 'mapping.yaml'), MAPPING);
  const lines = ROWS.map((row) => `2031-05-05,${row}`);
  writeFileSync(join(folder, 'desk.csv'), ['day,number,score,called,closed', ...lines, ''].join('\n'));
  const mapping = join(folder, 'mapping.yaml');
  const { code, err } = await amends('import', '--mapping', mapping, '--data', data, join(folder, 'desk.csv'));
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('no step of an imported programme rises: cases without a flagged response are counted apart', async () => {
  isRight(await amendsJson<Funnel>('report', 'funnel', '--data', data));
  const { out } = await amends('report', 'funnel', '--data', data);
  expect(out).toMatch(/opened without a flagged response\s+│\s+6 /);
});

test('over HTTP the same, and in a rehearsal', async () => {
  const app = await RunningApp.start(data);
  const { body } = await app.operator.get('/v1/reports/funnel');
  await app.stop();
  isRight(body as unknown as Funnel);
  const rules = join(folder, 'rules.yaml');
  const { before } = await amendsJson<{ before: { totals: { funnel: Funnel } } }>('rehearse', rules, '--data', data);
  expect(before.totals.funnel).toEqual(body);
});
