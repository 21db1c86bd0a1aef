import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { RuleSet } from '../rules/rule-set.js';
import {
  asOf,
  booksOf,
  fold,
  opened,
  paused,
  prioritised,
  RESOLVE,
  rulesOf,
  submitted,
} from './case-clocks.testing.js';
import { clocksForeseen } from './clocks-foreseen.js';
import { isOverdue } from './clock-times.js';
import type { Happened, Placed } from './case-clocks.testing.js';

const HOUR = 3_600_000;
const MON9: Happened = ['2031-05-05T09:00Z', opened()];
const NOON = '2031-05-05T12:00Z';
const goal = (within: string) => rulesOf([{ ...RESOLVE, goals: [{ within }] }]);

/** The foreseen clocks of a case that opened on Monday at nine and is due at five. */
const foreseen = (more: readonly Happened[], ...later: readonly Placed[]) => {
  const books = booksOf([null, rulesOf([RESOLVE])], ...later);
  return clocksForeseen(fold(books, MON9, ...more), books, 'care');
};
const whileNothingHappens = (...later: readonly Placed[]) => foreseen([], ...later);

describe('while nothing else happens, rules that take force', () => {
  test('move what falls due after them', () => {
    expect(whileNothingHappens([NOON, goal('6h'), 'foreseen'])).toMatchObject([
      { state: 'running', goalMs: 6 * HOUR, dueAt: '2031-05-05T15:00:00.000Z', warnAt: '2031-05-05T14:00:00.000Z' },
    ]);
  });

  test('leave what falls due before them', () => {
    expect(whileNothingHappens(['2031-05-07T12:00Z', goal('40h'), 'foreseen'])).toMatchObject([
      { goalMs: 8 * HOUR, dueAt: '2031-05-05T17:00:00.000Z' },
    ]);
  });

  test('make nothing late before they take force', () => {
    expect(whileNothingHappens([NOON, goal('1h'), 'foreseen'])).toMatchObject([
      { dueAt: '2031-05-05T12:00:00.000Z', breachedFrom: '2031-05-05T12:00:00.000Z' },
    ]);
  });

  test('already in force, also move clocks that were due before them', () => {
    expect(whileNothingHappens(['2031-05-07T12:00Z', goal('40h')])).toMatchObject([
      { goalMs: 40 * HOUR, dueAt: '2031-05-09T17:00:00.000Z' },
    ]);
  });

  test('in a row all take force', () => {
    const clocks = whileNothingHappens(
      ['2031-05-07T12:00Z', goal('40h'), 'foreseen'],
      ['2031-05-08T12:00Z', goal('30h')],
    );
    expect(clocks).toMatchObject([{ goalMs: 30 * HOUR }]);
  });

  test('and end a clock let it run until then, without a due time', () => {
    const [clock] = whileNothingHappens([NOON, rulesOf([]), 'foreseen']);
    expect(clock).toMatchObject({ state: 'running', goalMs: 8 * HOUR });
    expect(clock?.dueAt).toBeUndefined();
    expect(clock?.breachedFrom).toBeUndefined();
  });

  test('begin the clocks of new targets then', () => {
    const review = { ...RESOLVE, id: 'review', goals: [{ within: '2h' }] };
    expect(whileNothingHappens([NOON, rulesOf([RESOLVE, review]), 'foreseen'])).toMatchObject([
      { target: 'resolve', dueAt: '2031-05-05T17:00:00.000Z' },
      { target: 'review', startedAt: '2031-05-05T12:00:00.000Z', dueAt: '2031-05-05T14:00:00.000Z' },
    ]);
  });

  test('leave a pinned clock', () => {
    const books = booksOf([null, rulesOf([{ ...RESOLVE, retarget: 'pinned' }])], [NOON, goal('6h'), 'foreseen']);
    const clocks = fold(books, MON9);
    expect(clocksForeseen(clocks, books, 'care')).toEqual(clocks.clocks);
  });

  test('leave a clock that has stopped', () => {
    expect(foreseen([['2031-05-05T10:00Z', submitted]], [NOON, goal('6h'), 'foreseen'])).toMatchObject([
      { state: 'completed', goalMs: 8 * HOUR, met: true },
    ]);
  });
});

const rules = fc.record({
  retarget: fc.constantFrom('keep', 'restart', 'pinned'),
  within: fc.constantFrom('1h', '6h', '20h', '60h'),
  pausing: fc.boolean(),
  dropped: fc.boolean(),
  high: fc.boolean(),
} as const);

const ruleSetOf = ({
  retarget,
  within,
  pausing,
  dropped,
  high,
}: typeof rules extends fc.Arbitrary<infer R> ? R : never): RuleSet =>
  rulesOf(
    dropped
      ? []
      : [
          {
            ...RESOLVE,
            retarget,
            goals: [{ within, ...(high ? { when: { priority: 'high' } } : {}) }],
            pause: pausing ? { priority: 'high' } : { status: 'paused' },
          },
        ],
  );

const at = (hour: number) => new Date(Date.parse('2031-05-05T09:00:00.000Z') + hour * HOUR).toISOString();
const happening = fc.constantFrom(paused, prioritised('high'), prioritised('none'));
const earlier = fc.array(fc.tuple(fc.integer({ min: 0, max: 8 }), happening), { maxLength: 3 });
const changes = fc.uniqueArray(fc.tuple(fc.integer({ min: 9, max: 200 }), rules), {
  maxLength: 3,
  selector: ([hour]) => hour,
});

test('foreseen clocks are late exactly when reading them at that moment says so', () => {
  fc.assert(
    fc.property(earlier, rules, changes, (told, first, later) => {
      const books = booksOf(
        [null, ruleSetOf(first)],
        ...later
          .toSorted(([one], [other]) => one - other)
          .map(([hour, change]) => [at(hour), ruleSetOf(change), 'foreseen'] as const),
      );
      const history = told.toSorted(([one], [other]) => one - other);
      const clocks = fold(books, MON9, ...history.map(([hour, event]): Happened => [at(hour), event]));
      const shown = clocksForeseen(clocks, books, 'care');
      const lateFrom = shown.find((clock) => clock.state === 'running' || clock.state === 'paused')?.breachedFrom;
      const lateAt = (moment: string): boolean =>
        asOf(moment, clocks, books).clocks.some((clock) => isOverdue(clock, moment));
      for (let hour = 8; hour < 260; hour += 3) {
        const moment = at(hour);
        if (lateFrom === undefined || moment < lateFrom) expect([moment, lateAt(moment)]).toEqual([moment, false]);
      }
      if (lateFrom !== undefined && lateFrom >= at(8)) {
        expect(lateAt(new Date(Date.parse(lateFrom) + 1).toISOString())).toBe(true);
      }
    }),
    { numRuns: 150 },
  );
});
