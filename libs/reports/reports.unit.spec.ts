import { afterEach, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { SqliteReadStore } from '../read-store/sqlite/sqlite-read-store.js';
import { inputs } from '../read-models/documents.testing.js';
import { READ_MODELS } from '../read-models/read-models.js';
import type { CaseEvent } from '../recovery/case/case.js';
import { booksOf, RESOLVE, rulesOf } from '../recovery/clocks/case-clocks.testing.js';
import { openHistory, appendEvents, type GivenEvent } from '../replay/history.testing.js';
import { rebuild } from '../replay/builds/rebuild.js';
import { clockDisagreements, clockReport } from './clock-report.js';
import { funnelReport } from './funnel-report.js';
import { repeatReport } from './repeat-report.js';
import { rootCauseReport } from './root-cause-report.js';
import { timesReport } from './times-report.js';
import { wilson } from './wilson.js';

let history: ReturnType<typeof openHistory>;
let reads: SqliteReadStore;

/** Monday 5 May 2031, a number of hours after the offices open. */
const at = (hours: number): string =>
  new Date(Date.parse('2031-05-05T09:00:00.000Z') + hours * 3_600_000).toISOString();
const given = (id: string, hours: number, event: CaseEvent): GivenEvent => ({
  stream: `case-${id}`,
  event,
  occurredAt: at(hours),
});
const opened = (id: string): GivenEvent =>
  given(id, 0, {
    type: 'CaseOpened',
    data: { case: id, customer: 'customer-1', kind: 'recover', priority: 'high', tags: [] },
  });
const submitted = (id: string, hours: number): GivenEvent => given(id, hours, { type: 'CaseSubmitted', data: {} });
const reported = (id: string, target: string, verdict: 'met' | 'missed'): GivenEvent =>
  given(id, 9, { type: 'VerdictReported', data: { target, verdict, field: 'made_sla' } });
const offered = (id: string): GivenEvent =>
  given(id, 1, { type: 'ResolutionOffered', data: { offer: `o-${id}`, kind: 'refund', needsAuthority: false } });
const answered = (id: string, answer: 'accepted' | 'declined'): GivenEvent =>
  given(id, 2, { type: 'OfferAnswered', data: { offer: `o-${id}`, answer } });
const caused = (id: string, ...cause: string[]): GivenEvent =>
  given(id, 1, { type: 'RootCauseIdentified', data: { cause } });

beforeEach(async () => {
  history = openHistory();
  reads = history.reads;
  // Within four working hours: a does, b does not and the source says it did, c still runs.
  await appendEvents(history.events, [
    ...['a', 'b', 'c'].flatMap((id) => [opened(id), offered(id)]),
    caused('a', 'process', 'billing'),
    caused('b', 'process', 'delivery'),
    caused('c', 'people'),
    answered('a', 'accepted'),
    answered('b', 'declined'),
    submitted('a', 3),
    submitted('b', 6),
    reported('a', 'resolve', 'met'),
    reported('b', 'resolve', 'met'),
    reported('c', 'timely', 'missed'),
  ]);
  const { id } = await rebuild({
    events: history.events,
    reads,
    projections: READ_MODELS,
    inputs: inputs(booksOf([null, rulesOf([RESOLVE])])),
    ruleBooks: {},
    reason: 'test',
  });
  await reads.switchTo(id, undefined);
});
afterEach(() => history.close());

test('the clock report counts by target and priority, computed and reported verdicts', async () => {
  expect(await clockReport(reads, { at: at(5) })).toEqual({
    rows: [
      {
        target: 'resolve',
        priority: 'high',
        met: 1,
        missed: 1,
        running: 1,
        overdue: 1,
        reportedMet: 2,
        reportedMissed: 0,
        disagreements: 1,
      },
      {
        target: 'timely',
        priority: 'high',
        met: null,
        missed: null,
        running: null,
        overdue: null,
        reportedMet: 0,
        reportedMissed: 1,
        disagreements: null,
      },
    ],
  });
});

test('a running clock is overdue only if it is past due at the requested moment', async () => {
  expect((await clockReport(reads, { at: at(3) })).rows[0]).toMatchObject({ running: 1, overdue: 0 });
});

test('the clocks that disagree with their source are listed', async () => {
  expect((await clockDisagreements(reads)).rows).toMatchObject([
    { case: 'b', target: 'resolve', met: false, reported: 'met' },
  ]);
});

test('causes are ranked with their shares at the requested level', async () => {
  expect((await rootCauseReport(reads)).rows).toEqual([
    { cause: ['process'], count: 2, share: 2 / 3, cumulativeShare: 2 / 3 },
    { cause: ['people'], count: 1, share: 1 / 3, cumulativeShare: 1 },
  ]);
  expect((await rootCauseReport(reads, { level: 2, as: 'recorded' })).rows.map(({ cause }) => cause)).toEqual([
    ['people'],
    ['process', 'billing'],
    ['process', 'delivery'],
  ]);
});

test('the funnel counts cases by step, and offers by answer', async () => {
  const { rows, offers } = await funnelReport(reads, { at: at(5) });
  expect(offers).toEqual({ total: 3, accepted: 1, declined: 1, unanswered: 1 });
  expect(rows.find(({ step }) => step === 'accepted')).toMatchObject({ count: 1, of: 'offered', rate: 1 / 3 });
});

test('times have mean, median and 90th percentile of the cases that reached the step', async () => {
  const { rows } = await timesReport(reads);
  expect(rows.find(({ step }) => step === 'resolve')).toMatchObject({
    priority: 'high',
    count: 2,
    wall: { mean: 16_200_000, median: 16_200_000, p90: 20_520_000 },
  });
});

test('customers who come back are counted', async () => {
  expect(await repeatReport(reads)).toMatchObject({ rows: [{ customers: 1, cases: 3, repeatsWithin30Days: 2 }] });
});

test("Wilson's interval holds its own rate, and of all its upper bound is 1", () => {
  for (let of = 1; of <= 2_000; of++) {
    const [lowOfAll = NaN, highOfAll] = wilson(of, of) ?? [];
    expect(highOfAll).toBe(1);
    expect(lowOfAll).toBeLessThan(1);
    const [lowOfNone, highOfNone = NaN] = wilson(0, of) ?? [];
    expect(lowOfNone).toBe(0);
    expect(highOfNone).toBeGreaterThan(0);
  }
  expect(wilson(605, 605)?.[0]).toBeCloseTo(0.9937, 4);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (of, part) => {
      const count = Math.round(of * part);
      const [low = NaN, high = NaN] = wilson(count, of) ?? [];
      expect(low).toBeLessThanOrEqual(count / of);
      expect(high).toBeGreaterThanOrEqual(count / of);
    }),
  );
});

test("Wilson's interval of 8 in 10 is 0.4902 to 0.9433", () => {
  const [low, high] = wilson(8, 10) ?? [];
  expect(low).toBeCloseTo(0.4902, 4);
  expect(high).toBeCloseTo(0.9433, 4);
});
