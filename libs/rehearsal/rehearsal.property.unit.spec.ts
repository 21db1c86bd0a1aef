import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CaseEvent } from '../recovery/case/case.js';
import type { RuleSet } from '../recovery/rules/rule-set.js';
import { opened, paused, RESOLVE, resumed, rulesOf, submitted } from '../recovery/clocks/case-clocks.testing.js';
import type { GivenEvent } from '../replay/history.testing.js';
import { caseEvents, historyOf, inForce } from './rehearsing.testing.js';

const MONDAY = Date.parse('2031-05-05T09:00:00.000Z');
const HOUR = 3_600_000;

/** A case that opens, then takes a few steps up to 30 hours apart. */
const someCase = (name: string): fc.Arbitrary<readonly GivenEvent[]> =>
  fc
    .array(
      fc.tuple(
        fc.constantFrom<CaseEvent>(paused, resumed, submitted, priority('high'), priority('normal')),
        fc.nat(30),
      ),
      {
        maxLength: 5,
      },
    )
    .map((steps) => {
      let at = MONDAY;
      const given = steps.map(([event, hours]) => [new Date((at += hours * HOUR)).toISOString(), event] as const);
      return caseEvents(name, [new Date(MONDAY).toISOString(), opened()], ...given);
    });

const priority = (value: string): CaseEvent => ({ type: 'CasePriorityChanged', data: { priority: value } });

/** Interleaves streams, each in its own order. */
const interleaved = (streams: readonly (readonly GivenEvent[])[], picks: readonly number[]): readonly GivenEvent[] => {
  const left = streams.map((stream) => [...stream]);
  const given: GivenEvent[] = [];
  for (let i = 0; left.some((stream) => stream.length > 0); i++) {
    const open = left.filter((stream) => stream.length > 0);
    const next = open[(picks[i % picks.length] ?? 0) % open.length]?.shift();
    if (next) given.push(next);
  }
  return given;
};

const streams = fc.tuple(someCase('one'), someCase('two'), someCase('three'));
const picks = fc.array(fc.nat(2), { minLength: 1, maxLength: 12 });
const rules = fc
  .record({ hours: fc.integer({ min: 1, max: 40 }), holiday: fc.boolean(), paused: fc.boolean() })
  .map(({ hours, holiday, paused: pauses }): RuleSet => {
    const { pause, ...target } = RESOLVE;
    const made = rulesOf([{ ...target, goals: [{ within: `${hours}h` }], ...(pauses ? { pause } : {}) }]);
    const office = made.calendars['office'];
    if (!holiday || !office) return made;
    return { ...made, calendars: { office: { ...office, holidays: ['2031-05-06'] } } };
  });

test('the order of recording does not change a rehearsal, and A > B > A ends at the digest of A', async () => {
  await fc.assert(
    fc.asyncProperty(streams, picks, picks, rules, rules, async (given, order, otherOrder, a, b) => {
      const [one, other] = [
        await historyOf(...inForce(a), ...interleaved(given, order)),
        await historyOf(...inForce(a), ...interleaved(given, otherOrder)),
      ];
      try {
        const forward = await one.rehearsed(b);
        const elsewhere = await other.rehearsed(b);
        expect(elsewhere.digestBefore).toBe(forward.digestBefore);
        expect(elsewhere.digestAfter).toBe(forward.digestAfter);
        const verdicts = (rehearsal: typeof forward) =>
          rehearsal.changed.map(({ case: id, from, to }) => [id, from, to]);
        expect(verdicts(elsewhere)).toEqual(verdicts(forward));

        // The way back changes the same verdicts and ends at the first digest.
        const back = await one.rehearsed(a, { against: { ruleSet: b } });
        expect([back.digestBefore, back.digestAfter]).toEqual([forward.digestAfter, forward.digestBefore]);
        expect(back.changed.map(({ case: id, from, to }) => [id, to, from])).toEqual(verdicts(forward));
        // Each change has a reason, and the totals stay the same.
        for (const { why } of forward.changed) expect(why.clauses.length).toBeGreaterThan(0);
        const all = ({ met, missed, running, cancelled }: typeof forward.before.totals.clocks) =>
          met + missed + running + cancelled;
        expect(all(forward.after.totals.clocks)).toBe(all(forward.before.totals.clocks));
      } finally {
        await one.store.close();
        await other.store.close();
      }
    }),
    { numRuns: 30 },
  );
});
