import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Group } from '../read-store/read-store.js';
import { byOrigin, funnelOf, type FunnelReport, type FunnelRow } from './funnel-report.js';

interface Told {
  /** Whether there was a response, and a flagged one. */
  readonly response: 'none' | 'received' | 'flagged';
  /** What its case reached; undefined where none was opened. */
  readonly reached:
    | Readonly<Record<'contacted' | 'offered' | 'accepted' | 'approved' | 'reSurveyed' | 'recovered', boolean>>
    | undefined;
}

const one = (is: boolean): number => (is ? 1 : 0);

/** The groups that a store would answer with: one for each response, and one for its case. */
const groupsOf = (all: readonly Told[]): Group[] =>
  all.flatMap(({ response, reached }, index): Group[] => {
    const id = response === 'none' ? null : `r-${index}`;
    const received = { about: 'response', response: id, count: 1, flagged: one(response === 'flagged') };
    if (!reached) return response === 'none' ? [] : [received];
    const { contacted, offered, accepted, approved, reSurveyed, recovered } = reached;
    const ofCase = {
      ...{ about: 'case', response: id, count: 1, flagged: 0, offers: 0 },
      ...{ offersAccepted: 0, offersDeclined: 0, offersUnanswered: 0 },
      contacted: one(contacted),
      offered: one(offered),
      accepted: one(offered && accepted),
      approved: one(approved),
      reSurveyed: one(approved && reSurveyed),
      recovered: one(approved && reSurveyed && recovered),
      reSurveyedUnapproved: one(!approved && reSurveyed),
      recoveredUnapproved: one(!approved && reSurveyed && recovered),
    };
    return response === 'none' ? [ofCase] : [received, ofCase];
  });

const funnel = (all: readonly Told[]): FunnelReport => funnelOf(byOrigin(groupsOf(all)));
const counts = (rows: readonly FunnelRow[]) => Object.fromEntries(rows.map(({ step, count }) => [step, count]));
const NOTHING = {
  ...{ contacted: false, offered: false, accepted: false, approved: false, reSurveyed: false, recovered: false },
};
const times = (n: number, told: Told): Told[] => Array.from({ length: n }, () => told);

test('what was opened without a flagged response is counted apart, with how far it came', () => {
  const { rows, apart } = funnel([
    ...times(70, { response: 'flagged', reached: { ...NOTHING, contacted: true } }),
    ...times(3, { response: 'flagged', reached: undefined }),
    ...times(40, { response: 'received', reached: { ...NOTHING, contacted: true } }),
    ...times(15, { response: 'none', reached: NOTHING }),
  ]);
  expect(counts(rows)).toMatchObject({ received: 113, flagged: 73, opened: 70, contacted: 70 });
  expect(rows.find(({ step }) => step === 'opened')).toMatchObject({ of: 'flagged', rate: 70 / 73 });
  expect(apart).toMatchObject([{ says: 'opened without a flagged response', count: 55 }]);
  expect(apart[0]?.rows[0]).toMatchObject({ step: 'contacted', count: 40, of: 'opened', rate: 40 / 55 });
});

test('the funnel of a source without responses begins with its cases', () => {
  const { rows, apart } = funnel(times(4, { response: 'none', reached: { ...NOTHING, approved: true } }));
  expect(rows[0]).toMatchObject({ step: 'opened', count: 4, of: null });
  expect(counts(rows)).toMatchObject({ opened: 4, approved: 4 });
  expect(apart).toEqual([]);
});

test('who was surveyed again without an approval is counted apart', () => {
  const reached = { ...NOTHING, reSurveyed: true, recovered: true };
  const { rows, apart } = funnel(times(2, { response: 'flagged', reached }));
  expect(counts(rows)).toMatchObject({ approved: 0, reSurveyed: 0, recovered: 0 });
  expect(apart).toMatchObject([
    { says: 'surveyed again without an approval', count: 2, rows: [{ step: 'recovered', count: 2, rate: 1 }] },
  ]);
});

test('no step counts more than the one that it is a share of, and nothing is lost', () => {
  const flags = fc.boolean();
  const reached = fc.option(
    fc.record({
      contacted: flags,
      offered: flags,
      accepted: flags,
      approved: flags,
      reSurveyed: flags,
      recovered: flags,
    }),
    { nil: undefined },
  );
  const told = fc.record({ response: fc.constantFrom('none', 'received', 'flagged'), reached }) as fc.Arbitrary<Told>;
  fc.assert(
    fc.property(fc.array(told, { maxLength: 30 }), (all) => {
      const { rows, apart } = funnel(all);
      for (const table of [rows, ...apart.map((one) => one.rows)])
        for (const { of, count, rate } of table) {
          const before = table.find(({ step }) => step === of);
          if (before) expect(count).toBeLessThanOrEqual(before.count);
          if (rate !== null) expect(rate).toBeLessThanOrEqual(1);
        }
      const opened = apart.find(({ says }) => says === 'opened without a flagged response')?.count ?? 0;
      expect((counts(rows)['opened'] ?? 0) + opened).toBe(all.filter((one) => one.reached).length);
    }),
  );
});
