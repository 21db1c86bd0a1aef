import { Inputs } from '../read-models/inputs.js';
import { expect, test } from '@jest/globals';
import type { CaseEvent } from '../recovery/case/case.js';
import type { RootCauseRules } from '../recovery/rules/rule-set.js';
import { opened, RESOLVE, rulesOf } from '../recovery/clocks/case-clocks.testing.js';
import { buildAndServe } from '../replay/builds/view.js';
import { openReads } from '../replay/history.testing.js';
import { loadRuleBooks } from '../replay/builds/rule-books.js';
import { rootCauseReport, type CauseReading } from '../reports/root-cause-report.js';
import { caseEvents, historyOf, inForce, PROJECTIONS } from './rehearsing.testing.js';

const found = (...cause: string[]): CaseEvent => ({ type: 'RootCauseIdentified', data: { cause } });
const caused = (name: string, priority: string, ...causes: string[][]) =>
  caseEvents(
    name,
    ['2031-05-05T09:00Z', opened(priority)],
    ...causes.map((cause, i) => [`2031-05-05T1${i}:00Z`, found(...cause)] as const),
  );
const OLD = rulesOf([RESOLVE]);
const HISTORY = [
  ...inForce(OLD),
  ...caused('a', 'normal', ['billing', 'amount']),
  ...caused('b', 'normal', ['invoices', 'late']),
  ...caused('c', 'high', ['delivery']),
  ...caused('d', 'normal', ['delivery']),
  // The cause is found twice: billing, then delivery.
  ...caused('e', 'normal', ['billing', 'amount'], ['delivery']),
];

test.each<[string, RootCauseRules['mapped'], readonly (readonly [string, number])[]]>([
  [
    'renamed',
    [{ from: ['billing'], to: ['money'] }],
    [
      ['delivery', 3],
      ['invoices > late', 1],
      ['money > amount', 1],
    ],
  ],
  [
    'merged',
    [{ from: ['invoices'], to: ['billing'] }],
    [
      ['delivery', 3],
      ['billing > amount', 1],
      ['billing > late', 1],
    ],
  ],
  [
    'split by a condition',
    [
      { from: ['delivery'], to: ['delivery', 'express'], when: { priority: 'high' } },
      { from: ['delivery'], to: ['delivery', 'standard'] },
    ],
    [
      ['delivery > standard', 2],
      ['billing > amount', 1],
      ['delivery > express', 1],
      ['invoices > late', 1],
    ],
  ],
])('causes %s apply to all of history, and stay as recorded', async (_what, mapped, expected) => {
  const { store, rehearsed } = await historyOf(...HISTORY);
  const after = rulesOf([RESOLVE], { rootCauses: { mapped: mapped ?? [] } });
  const counts = (rows: readonly { cause: readonly string[]; count: number }[]) =>
    rows.map(({ cause, count }) => [cause.join(' > '), count]);
  const rehearsal = await rehearsed(after);
  expect(counts(rehearsal.after.totals.causes)).toEqual(expected);

  // The report of a build under them has all three readings.
  const reads = openReads();
  const { books } = await loadRuleBooks(store.events, { override: { care: after } });
  await buildAndServe({ events: store.events, reads, projections: PROJECTIONS, inputs: new Inputs(books) });
  const as = async (reading: CauseReading) => counts((await rootCauseReport(reads, { level: 2, as: reading })).rows);
  expect(await as('read')).toEqual(expected);
  const recorded = [
    ['delivery', 3],
    ['billing > amount', 1],
    ['invoices > late', 1],
  ];
  expect(await as('recorded')).toEqual(recorded);
  expect(await as('first')).toEqual([
    ['billing > amount', 2],
    ['delivery', 2],
    ['invoices > late', 1],
  ]);
  expect(counts(rehearsal.before.totals.causes)).toEqual(recorded);
  await reads.close();
  await store.close();
});
