import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CaseEvent } from '../case/case.js';
import type { CaseFacts } from '../case/case-facts.js';
import type { TargetRule } from '../rules/rule-set.js';
import {
  booksOf,
  fold,
  noted,
  opened,
  paused,
  prioritised,
  reopened,
  RESOLVE,
  rulesOf,
  resumed,
  returned,
  submitted,
  type Happened,
} from './case-clocks.testing.js';
import { isOverdue, worked } from './clock-times.js';
import { explainClock } from './explain-clock.js';
import { settle } from './settle.js';

const MINUTE = 60_000;
const START = Date.parse('2031-05-05T09:00:00.000Z');
const office = booksOf([null, rulesOf([RESOLVE])]);
const calendar = office.at('care', '')?.calendars.get('office');
if (!calendar) throw new Error('The calendar under test is missing.');

const at = (minute: number) => new Date(START + minute * MINUTE).toISOString();
const minutes = fc.integer({ min: 0, max: 14 * 24 * 60 });
const sorted = (size: number) =>
  fc.array(minutes, { minLength: size, maxLength: size }).map((list) => [...list].sort((a, b) => a - b));

test('working time is the calendar without the pauses, wherever they lie', () => {
  fc.assert(
    fc.property(sorted(5), ([a = 0, b = 0, c = 0, d = 0, stop = 0]) => {
      const history: Happened[] = [
        [at(0), opened()],
        [at(a), paused],
        [at(b), resumed],
        [at(c), paused],
        [at(d), resumed],
        [at(stop), submitted],
      ];
      const [clock] = fold(office, ...history).clocks;
      const between = (from: number, to: number) => calendar.workingMs(START + from * MINUTE, START + to * MINUTE);
      const expected = between(0, a) + between(b, c) + between(d, stop);
      expect(clock).toMatchObject({ workingMs: expected, wallMs: stop * MINUTE, met: expected <= 8 * 60 * MINUTE });
    }),
  );
});

test('a pause cut in two is the same pause', () => {
  fc.assert(
    fc.property(sorted(4), ([from = 0, cut = 0, to = 0, stop = 0]) => {
      const whole = fold(office, [at(0), opened()], [at(from), paused], [at(to), resumed], [at(stop), submitted]);
      const halves: Happened[] = [
        [at(from), paused],
        [at(cut), resumed],
        [at(cut), paused],
        [at(to), resumed],
      ];
      const cutInTwo = fold(office, [at(0), opened()], ...halves, [at(stop), submitted]);
      const { workingMs, dueAt, met } = whole.clocks[0] ?? {};
      expect(cutInTwo.clocks).toMatchObject([{ workingMs, dueAt, met }]);
    }),
  );
});

test('a clock is overdue once more was worked than promised, whatever its pauses', () => {
  const quarters = fc.integer({ min: 0, max: 7 * 24 * 4 });
  const holds = fc.array(fc.tuple(quarters, fc.constantFrom(paused, resumed, prioritised('high'))), { maxLength: 6 });
  fc.assert(
    fc.property(holds, quarters, (told, asked) => {
      const history = told.filter(([quarter]) => quarter <= asked).toSorted(([one], [other]) => one - other);
      const { clocks } = fold(
        office,
        [at(0), opened()],
        ...history.map(([quarter, event]): Happened => [at(quarter * 15), event]),
      );
      const moment = START + asked * 15 * MINUTE + 1;
      const [clock] = clocks;
      expect(clock && isOverdue(clock, new Date(moment).toISOString())).toBe(
        clock && worked(clock, calendar, moment) > clock.goalMs,
      );
    }),
    { numRuns: 500 },
  );
});

test('a hold outside working hours moves nothing', () => {
  const evening = fc.tuple(
    fc.integer({ min: 0, max: 3 }),
    fc.integer({ min: 0, max: 15 * 60 }),
    fc.integer({ min: 0, max: 15 * 60 }),
  );
  fc.assert(
    fc.property(evening, fc.constantFrom('4h', '8h', '20h', '40h'), ([day, one, other], within) => {
      const books = booksOf([null, rulesOf([{ ...RESOLVE, goals: [{ within }] }])]);
      const closed = day * 24 * 60 + 8 * 60;
      const hold: Happened[] = [
        [at(closed + Math.min(one, other)), paused],
        [at(closed + Math.max(one, other)), resumed],
      ];
      const [still] = fold(books, [at(0), opened()]).clocks;
      expect(fold(books, [at(0), opened()], ...hold).clocks[0]?.dueAt).toBe(still?.dueAt);
    }),
  );
});

const anything: fc.Arbitrary<CaseEvent> = fc.constantFrom(
  paused,
  resumed,
  submitted,
  returned,
  noted,
  prioritised('high'),
  prioritised('normal'),
  prioritised('none'),
  reopened(2),
);
/** Numbers the cycles: each reopening begins the next one. */
const numbered = (history: readonly [number, CaseEvent][]): Happened[] => {
  let cycle = 1;
  return history.map(([minute, event]) => [at(minute), event.type === 'CaseReopened' ? reopened(++cycle) : event]);
};
const modes = fc.record({
  retarget: fc.constantFrom('keep', 'restart', 'pinned'),
  reopen: fc.constantFrom('first-only', 'restart', 'resume'),
} as const);

test('no time is negative and every verdict adds up from its intervals, whatever happens in whatever order', () => {
  fc.assert(
    fc.property(modes, fc.array(fc.tuple(minutes, anything), { maxLength: 12 }), (mode, history) => {
      const books = booksOf(
        [null, rulesOf([{ ...RESOLVE, ...mode }])],
        ['2031-05-09T12:00Z', rulesOf([{ ...RESOLVE, ...mode, goals: [{ within: '6h' }] }])],
      );
      const { clocks } = fold(books, [at(0), opened()], ...numbered(history));
      const keys = clocks.map(({ target, cycle }) => `${target} ${cycle}`);
      expect(new Set(keys).size).toBe(keys.length);
      for (const clock of clocks) {
        const edges = [
          clock.startedAt,
          ...clock.pauses.flatMap(({ from, to }) => (to === undefined ? [from] : [from, to])),
        ];
        expect(edges).toEqual([...edges].sort());
        expect(clock.state === 'paused').toBe(clock.pauses.some(({ to }) => to === undefined));
        if (clock.stoppedAt === undefined) continue;
        expect(clock.workingMs).toBeGreaterThanOrEqual(0);
        expect(clock.wallMs).toBeGreaterThanOrEqual(clock.workingMs ?? 0);
        const explained = explainClock(clock, 'care', books, { at: clock.stoppedAt, timeZoneData: 'none' });
        expect(explained.workingMs).toBe(clock.workingMs);
        if (clock.state === 'completed')
          expect(clock.met).toBe(!clock.missed && (clock.workingMs ?? 0) <= clock.goalMs);
      }
    }),
    { numRuns: 300 },
  );
});

test('settling again under the same rules changes nothing, whatever happened to facts that no target reads', () => {
  const later: fc.Arbitrary<Partial<CaseFacts>> = fc.record({ owner: fc.string(), offered: fc.boolean() });
  const goals = fc.constantFrom<TargetRule['goals']>(
    [{ within: '8h' }],
    [{ when: { priority: 'high' }, within: '4h' }],
    [{ when: { priority: { $ne: 'none' } }, within: '8h' }],
  );
  fc.assert(
    fc.property(
      modes,
      goals,
      fc.array(fc.tuple(minutes, anything), { maxLength: 12 }),
      later,
      (mode, own, told, more) => {
        const books = booksOf(
          [null, rulesOf([{ ...RESOLVE, ...mode }])],
          ['2031-05-09T12:00Z', rulesOf([{ ...RESOLVE, ...mode, ...(own && { goals: own }) }])],
        );
        const clocks = fold(books, [at(0), opened()], ...numbered(told));
        const rules = books.at('care', clocks.at);
        if (!rules) throw new Error('There are no rules.');
        const moment = { at: at(30 * 24 * 60), by: 'event', facts: { ...clocks.case.facts, ...more }, reply: 0 };
        const { clocks: settled, unpromised } = settle(clocks, rules, moment, books.book('care'));
        expect({ settled, unpromised }).toEqual({ settled: clocks.clocks, unpromised: clocks.unpromised });
      },
    ),
    { numRuns: 300 },
  );
});
