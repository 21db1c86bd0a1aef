import { describe, expect, test } from '@jest/globals';
import type { CaseEvent } from '../case/case.js';
import type { RuleSet, TargetRule } from '../rules/rule-set.js';
import type { RuleBooks } from '../rules/rule-book.js';
import { advanceClocks, type CaseClocks } from './case-clocks.js';
import {
  asOf,
  booksOf,
  fold,
  record,
  RESOLVE,
  rulesOf,
  type Happened,
  approved,
  merged,
  noted,
  opened,
  paused,
  prioritised,
  reopened,
  resumed,
  returned,
  submitted,
} from './case-clocks.testing.js';
import { isOverdue, remaining, verdictOf } from './clock-times.js';
import { explainClock } from './explain-clock.js';

const HOUR = 3_600_000;
// 2031-05-05 is a Monday.
const MON9: Happened = ['2031-05-05T09:00Z', opened()];
const office = booksOf([null, rulesOf([RESOLVE])]);

describe('a clock', () => {
  test('starts when its start holds, with the first goal that fits, a due time and a warning', () => {
    expect(fold(office, MON9)).toMatchObject({
      at: '2031-05-05T09:00:00.000Z',
      ruleSet: office.at('care', '')?.hash,
      clocks: [
        {
          target: 'resolve',
          cycle: 1,
          state: 'running',
          goalMs: 8 * HOUR,
          startedAt: '2031-05-05T09:00:00.000Z',
          startedBy: 'e1',
          pauses: [],
          originalDueAt: '2031-05-05T17:00:00.000Z',
          dueAt: '2031-05-05T17:00:00.000Z',
          breachedFrom: '2031-05-06T09:00:00.000Z',
          warnAt: '2031-05-05T16:00:00.000Z',
        },
      ],
    });
  });

  test('does not start while its start does not hold, nor while stop or cancel do', () => {
    const review = { id: 'review', title: 'Review', start: { status: 'submitted' }, goals: [{ within: '1h' }] };
    const books = booksOf([null, rulesOf([review])]);
    expect(fold(books, MON9).clocks).toEqual([]);
    expect(fold(books, MON9, ['2031-05-05T10:00Z', submitted]).clocks).toMatchObject([{ startedBy: 'e2' }]);
    const over = booksOf([null, rulesOf([{ ...review, start: {}, stop: { status: 'open' } }])]);
    expect(fold(over, MON9).clocks).toEqual([]);
    const off = booksOf([null, rulesOf([{ ...review, start: {}, cancel: { status: 'open' } }])]);
    expect(fold(off, MON9).clocks).toEqual([]);
  });

  test('is met when the working time at its stop is at most the goal', () => {
    const friday: Happened = ['2031-05-09T09:00Z', opened()];
    const { clocks } = fold(office, friday, ['2031-05-10T12:00Z', submitted]);
    expect(clocks).toMatchObject([
      {
        state: 'completed',
        met: true,
        workingMs: 8 * HOUR,
        wallMs: 27 * HOUR,
        dueAt: '2031-05-09T17:00:00.000Z',
        stoppedBy: 'e2',
      },
    ]);
    expect(fold(office, friday, ['2031-05-12T09:00:00.001Z', submitted]).clocks).toMatchObject([{ met: false }]);
  });

  test('that is breached runs until it is completed', () => {
    const late = fold(office, MON9, ['2031-05-07T10:00Z', paused]);
    expect(late.clocks).toMatchObject([{ state: 'paused', dueAt: '2031-05-05T17:00:00.000Z' }]);
  });

  test('ends cancelled, without a verdict, when its cancel holds', () => {
    const [clock] = fold(office, MON9, ['2031-05-05T10:00Z', merged]).clocks;
    expect(clock).toMatchObject({ state: 'cancelled', workingMs: HOUR, stoppedBy: 'e2' });
    expect(clock).not.toHaveProperty('met');
  });

  test('of a reported-only target computes nothing and keeps the source’s verdict', () => {
    const books = booksOf([null, rulesOf([{ id: 'timely', title: 'Timely', reportedOnly: 'no date of the answer' }])]);
    const said = { type: 'VerdictReported', data: { target: 'timely', verdict: 'missed', field: 'timely' } } as const;
    expect(fold(books, MON9, ['2031-05-05T10:00Z', said])).toMatchObject({
      clocks: [],
      reported: { timely: 'missed' },
    });
  });
});

describe('a pause', () => {
  test('moves the due time by the working time it overlaps', () => {
    const { clocks } = fold(office, MON9, ['2031-05-05T10:00Z', paused], ['2031-05-05T12:00Z', resumed]);
    expect(clocks).toMatchObject([
      {
        state: 'running',
        originalDueAt: '2031-05-05T17:00:00.000Z',
        dueAt: '2031-05-06T11:00:00.000Z',
        warnAt: '2031-05-06T10:00:00.000Z',
        pauses: [{ from: '2031-05-05T10:00:00.000Z', fromEvent: 'e2', to: '2031-05-05T12:00:00.000Z', toEvent: 'e3' }],
      },
    ]);
  });

  test('wholly outside working hours moves nothing (frappe/erpnext#49414)', () => {
    const { clocks } = fold(office, MON9, ['2031-05-05T17:00Z', paused], ['2031-05-06T09:00Z', resumed]);
    expect(clocks).toMatchObject([{ dueAt: '2031-05-05T17:00:00.000Z' }]);
  });

  test('removes the due time while it lasts', () => {
    const [clock] = fold(office, MON9, ['2031-05-05T10:00Z', paused]).clocks;
    expect(clock).toMatchObject({ state: 'paused', originalDueAt: '2031-05-05T17:00:00.000Z' });
    expect(clock).not.toHaveProperty('dueAt');
  });

  test('in the evening on which a clock is due keeps it from being late', () => {
    const history: Happened[] = [MON9, ['2031-05-05T18:00Z', paused]];
    const [held] = fold(office, ...history).clocks;
    expect(held).toMatchObject({ state: 'paused', dueAt: '2031-05-05T17:00:00.000Z' });
    expect(held && isOverdue(held, '2031-05-07T12:00:00.000Z')).toBe(false);
    expect(fold(office, ...history, ['2031-05-07T12:00Z', submitted]).clocks).toMatchObject([{ met: true }]);
    expect(fold(office, ...history, ['2031-05-07T12:00Z', resumed]).clocks).toMatchObject([
      { state: 'running', dueAt: '2031-05-05T17:00:00.000Z', breachedFrom: '2031-05-07T12:00:00.000Z' },
    ]);
  });

  test('that is open when the clock stops is closed first', () => {
    const { clocks } = fold(office, MON9, ['2031-05-05T10:00Z', paused], ['2031-05-07T10:00Z', submitted]);
    expect(clocks).toMatchObject([
      {
        state: 'completed',
        met: true,
        workingMs: HOUR,
        wallMs: 49 * HOUR,
        pauses: [{ to: '2031-05-07T10:00:00.000Z', toEvent: 'e3' }],
      },
    ]);
  });

  test('that holds at the start begins with the clock', () => {
    const late = { ...RESOLVE, start: { status: { $in: ['paused', 'open'] } }, pause: { status: 'open' } };
    expect(fold(booksOf([null, rulesOf([late])]), MON9).clocks).toMatchObject([
      { state: 'paused', pauses: [{ from: '2031-05-05T09:00:00.000Z' }], originalDueAt: '2031-05-05T17:00:00.000Z' },
    ]);
  });
});

describe('a pause with an end', () => {
  const until = (at: string): CaseEvent => ({
    type: 'CasePaused',
    data: { waitingOn: 'customer', until: new Date(at).toISOString() },
  });
  const held = [MON9, ['2031-05-05T10:00Z', until('2031-05-05T12:00Z')]] as const;

  test('has a due time while it lasts', () => {
    expect(fold(office, ...held).clocks).toMatchObject([{ state: 'paused', dueAt: '2031-05-06T11:00:00.000Z' }]);
  });
  test('ends then without an event, in due time and verdict', () => {
    const [clock] = fold(office, ...held).clocks;
    if (!clock) throw new Error('There is no clock.');
    expect(verdictOf(clock, '2031-05-05T11:00:00.000Z')).toBe('paused');
    expect(verdictOf(clock, '2031-05-05T13:00:00.000Z')).toBe('running');
    expect(verdictOf(clock, '2031-05-06T11:30:00.000Z')).toBe('overdue');
    expect(asOf('2031-05-05T13:00Z', fold(office, ...held), office)).toMatchObject({
      case: { facts: { status: 'open', waitingOn: null } },
      clocks: [{ state: 'running' }],
    });
  });
  test('ends then, whoever resumes it later, or works on', () => {
    for (const next of [resumed, noted, submitted]) {
      const { clocks } = fold(office, ...held, ['2031-05-05T15:00Z', next]);
      expect(clocks).toMatchObject([{ pauses: [{ to: '2031-05-05T12:00:00.000Z', toEvent: 'e2' }] }]);
    }
    expect(fold(office, ...held, ['2031-05-05T15:00Z', submitted]).clocks).toMatchObject([{ workingMs: 4 * HOUR }]);
  });
  test('that was over when it began holds nothing', () => {
    const { clocks } = fold(office, MON9, ['2031-05-05T10:00Z', until('2031-05-05T09:30Z')]);
    expect(clocks).toMatchObject([{ dueAt: '2031-05-05T17:00:00.000Z' }]);
  });
  test('says nothing of a clock that is held for another reason', () => {
    const books = booksOf([null, rulesOf([{ ...RESOLVE, stop: { approved: true }, pause: { status: 'submitted' } }])]);
    const { clocks } = fold(books, ...held, ['2031-05-05T11:00Z', submitted]);
    expect(clocks).toMatchObject([{ state: 'paused', pauses: [{ from: '2031-05-05T11:00:00.000Z' }] }]);
    expect(clocks[0]?.pauses[0]).not.toHaveProperty('until');
  });
  test('ends at once when it is resumed before', () => {
    const { clocks } = fold(office, ...held, ['2031-05-05T11:00Z', resumed]);
    expect(clocks).toMatchObject([{ pauses: [{ to: '2031-05-05T11:00:00.000Z' }], dueAt: '2031-05-06T10:00:00.000Z' }]);
  });
});

describe('a case that is returned from its review', () => {
  const returnedAt = ['2031-05-06T10:00Z', returned] as const;
  const history = [MON9, ['2031-05-05T10:00Z', submitted], returnedAt, ['2031-05-09T16:00Z', submitted]] as const;
  const under = (target: Partial<TargetRule>) => booksOf([null, rulesOf([{ ...RESOLVE, ...target }])]);

  test('goes on without the time in review: handing in early secures no verdict', () => {
    expect(fold(office, ...history.slice(0, 3)).clocks).toMatchObject([
      { state: 'running', dueAt: '2031-05-06T17:00:00.000Z', returnedBy: 'e3' },
    ]);
    expect(fold(office, ...history).clocks).toMatchObject([{ state: 'completed', met: false, workingMs: 31 * HOUR }]);
  });
  test('goes on with the time in review under continue', () => {
    expect(fold(under({ onReturn: 'continue' }), ...history.slice(0, 3)).clocks).toMatchObject([
      { state: 'running', dueAt: '2031-05-05T17:00:00.000Z' },
    ]);
    expect(fold(under({ onReturn: 'continue' }), ...history).clocks).toMatchObject([{ workingMs: 39 * HOUR }]);
  });
  test('keeps its first stop under keep', () => {
    expect(fold(under({ onReturn: 'keep' }), ...history).clocks).toMatchObject([{ met: true, workingMs: HOUR }]);
  });
  test.each(['first-only', 'restart', 'resume'] as const)('goes on whatever a reopening does (%s)', (reopen) => {
    expect(fold(under({ reopen }), ...history).clocks).toMatchObject([{ met: false, workingMs: 31 * HOUR }]);
  });
});

describe('a promise that was broken stays broken', () => {
  const late = [['2031-05-05T09:00Z', opened('high')]] as const; // due 13:00
  const under = (target: Partial<TargetRule>) => booksOf([null, rulesOf([{ ...RESOLVE, ...target }])]);

  test('when its clock is cancelled', () => {
    expect(fold(office, ...late, ['2031-05-05T14:00Z', merged]).clocks).toMatchObject([
      { state: 'cancelled', met: false },
    ]);
  });
  test('when its goal changes, or no goal fits any more', () => {
    const { clocks } = fold(
      office,
      ...late,
      ['2031-05-05T14:00Z', prioritised('normal')],
      ['2031-05-05T15:00Z', submitted],
    );
    expect(clocks).toMatchObject([{ met: false, missed: { dueAt: '2031-05-05T13:00:00.000Z', goalMs: 4 * HOUR } }]);
    expect(fold(office, ...late, ['2031-05-05T14:00Z', prioritised('low')]).clocks).toMatchObject([
      { state: 'cancelled', met: false },
    ]);
  });
  test('unless only the last goal counts', () => {
    const followed = under({ pastDue: 'follows-goal' });
    const history = [...late, ['2031-05-05T14:00Z', prioritised('normal')], ['2031-05-05T15:00Z', submitted]] as const;
    expect(fold(followed, ...history).clocks).toMatchObject([{ met: true }]);
  });
  test('or a source reports the change, because nobody was promised the goal before', () => {
    const told = record([...late, ['2031-05-05T14:00Z', prioritised('normal')], ['2031-05-05T15:00Z', submitted]]);
    const imported = told.map((event) => ({ ...event, imported: true as const }));
    const under = (books: RuleBooks) =>
      imported.reduce<CaseClocks | undefined>((now, event) => advanceClocks(now, event, books), undefined)?.clocks;
    expect(under(office)).toMatchObject([{ met: true }]);
    expect(under(booksOf([null, rulesOf([{ ...RESOLVE, pastDue: 'stays-missed' }])]))).toMatchObject([{ met: false }]);
  });
  test('and one that was kept until then does not break', () => {
    const { clocks } = fold(
      office,
      ...late,
      ['2031-05-05T12:00Z', prioritised('normal')],
      ['2031-05-05T15:00Z', submitted],
    );
    expect(clocks).toMatchObject([{ met: true }]);
    expect(fold(office, ...late, ['2031-05-05T12:00Z', merged]).clocks[0]).not.toHaveProperty('met');
  });
});

describe('when the priority changes while it runs', () => {
  const raised: Happened[] = [
    MON9,
    ['2031-05-05T10:00Z', paused],
    ['2031-05-05T11:00Z', resumed],
    ['2031-05-05T12:00Z', prioritised('high')],
  ];
  const under = (retarget: 'keep' | 'restart' | 'pinned') =>
    fold(booksOf([null, rulesOf([{ ...RESOLVE, retarget }])]), ...raised).clocks;

  test('keep takes the new goal from the old start, pauses and all', () => {
    expect(under('keep')).toMatchObject([
      {
        goalMs: 4 * HOUR,
        startedBy: 'e1',
        dueAt: '2031-05-05T14:00:00.000Z',
        originalDueAt: '2031-05-05T17:00:00.000Z',
        pauses: [{}],
      },
    ]);
  });

  test('restart begins again', () => {
    expect(under('restart')).toMatchObject([
      {
        goalMs: 4 * HOUR,
        startedBy: 'e4',
        cycle: 1,
        dueAt: '2031-05-05T16:00:00.000Z',
        originalDueAt: '2031-05-05T17:00:00.000Z',
        pauses: [],
      },
    ]);
  });

  test('pinned stays as it was promised', () => {
    expect(under('pinned')).toMatchObject([{ goalMs: 8 * HOUR, startedBy: 'e1', dueAt: '2031-05-06T10:00:00.000Z' }]);
  });

  test('a priority without a goal removes the clock, and back again it has its old start', () => {
    const none: Happened = ['2031-05-05T12:00Z', prioritised('none')];
    expect(fold(office, MON9, none)).toMatchObject({ clocks: [], unpromised: [{ startedBy: 'e1' }] });
    expect(fold(office, MON9, none, ['2031-05-06T12:00Z', prioritised('high')])).toMatchObject({
      clocks: [
        {
          startedAt: '2031-05-05T09:00:00.000Z',
          dueAt: '2031-05-05T13:00:00.000Z',
          originalDueAt: '2031-05-05T17:00:00.000Z',
        },
      ],
      unpromised: [],
    });
  });

  test('after a priority without a goal restart begins again, with the first promise kept', () => {
    const books = booksOf([null, rulesOf([{ ...RESOLVE, retarget: 'restart' }])]);
    const none: Happened = ['2031-05-05T12:00Z', prioritised('none')];
    expect(fold(books, MON9, none)).toMatchObject({ clocks: [], unpromised: [{ target: 'resolve', cycle: 1 }] });
    expect(fold(books, MON9, none, ['2031-05-06T12:00Z', prioritised('high')])).toMatchObject({
      clocks: [
        {
          cycle: 1,
          state: 'running',
          startedBy: 'e3',
          dueAt: '2031-05-06T16:00:00.000Z',
          originalDueAt: '2031-05-05T17:00:00.000Z',
        },
      ],
      unpromised: [],
    });
  });

  test('from a priority without a goal the clock counts from the true start', () => {
    const { clocks } = fold(office, ['2031-05-05T09:00Z', opened('none')], ['2031-05-05T12:00Z', prioritised('high')]);
    expect(clocks).toMatchObject([
      { startedAt: '2031-05-05T09:00:00.000Z', startedBy: 'e1', dueAt: '2031-05-05T13:00:00.000Z' },
    ]);
  });

  test('after it stopped, the goal stays', () => {
    const { clocks } = fold(office, MON9, ['2031-05-05T15:00Z', submitted], ['2031-05-05T16:00Z', prioritised('high')]);
    expect(clocks).toMatchObject([{ goalMs: 8 * HOUR, met: true }]);
  });
});

describe('when the rules change while it runs', () => {
  const tighter = rulesOf([{ ...RESOLVE, goals: [{ within: '2h' }] }]);
  const changed = (from: Partial<TargetRule>, to: RuleSet = tighter) =>
    booksOf([null, rulesOf([{ ...RESOLVE, ...from }])], ['2031-05-05T12:00Z', to]);
  const touched: Happened = ['2031-05-05T15:00Z', prioritised('other')];

  test('keep moves to the new goal with the old start, at the time they came into force', () => {
    const books = changed({});
    const { clocks } = asOf('2031-05-05T12:00Z', fold(books, MON9), books);
    expect(clocks).toMatchObject([{ goalMs: 2 * HOUR, startedBy: 'e1', dueAt: '2031-05-05T11:00:00.000Z' }]);
    expect(clocks[0]?.ruleSet).toBe(books.book('care')[1]?.rules.hash);
  });

  test('nothing moves before that time', () => {
    const books = changed({});
    const clocks = fold(books, MON9);
    expect(asOf('2031-05-05T11:59Z', clocks, books)).toBe(clocks);
  });

  test('restart begins again at that time', () => {
    const books = changed({ retarget: 'restart' });
    expect(fold(books, MON9, touched).clocks).toMatchObject([
      {
        goalMs: 2 * HOUR,
        startedAt: '2031-05-05T12:00:00.000Z',
        startedBy: `rule-set:${books.book('care')[1]?.rules.hash}`,
      },
    ]);
  });

  test('restart continues if the target stays the same', () => {
    const same = rulesOf([{ ...RESOLVE, retarget: 'restart' }], { title: 'Care, as before' });
    const { clocks } = fold(changed({ retarget: 'restart' }, same), MON9, ['2031-05-05T15:00Z', paused]);
    expect(clocks).toMatchObject([{ startedBy: 'e1' }]);
  });

  test('pinned stays under the version it started under, to its end', () => {
    const books = changed({ retarget: 'pinned' });
    const { clocks } = fold(books, MON9, touched, ['2031-05-05T16:00Z', submitted]);
    expect(clocks).toMatchObject([{ goalMs: 8 * HOUR, met: true, ruleSet: books.book('care')[0]?.rules.hash }]);
  });

  test('pinned stops by its own version, even if the one in force would not', () => {
    const books = booksOf(
      [null, rulesOf([{ ...RESOLVE, retarget: 'pinned', stop: { contacted: true } }])],
      ['2031-05-05T12:00Z', rulesOf([{ ...RESOLVE, retarget: 'pinned' }])],
    );
    const reached: CaseEvent = { type: 'ContactAttempted', data: { channel: 'phone', outcome: 'reached' } };
    const { clocks } = fold(books, MON9, touched, ['2031-05-05T16:00Z', reached]);
    expect(clocks).toMatchObject([{ state: 'completed', stoppedAt: '2031-05-05T16:00:00.000Z', stoppedBy: 'e3' }]);
  });

  test('a clock stopped before keeps the goal it had', () => {
    const { clocks } = fold(changed({}), MON9, ['2031-05-05T11:30Z', submitted], touched);
    expect(clocks).toMatchObject([{ goalMs: 8 * HOUR, met: true }]);
  });

  test('a removed target is cancelled, and an added one starts then', () => {
    const books = changed({}, rulesOf([{ ...RESOLVE, id: 'close' }]));
    expect(fold(books, MON9, touched)).toMatchObject({
      clocks: [{ target: 'resolve', state: 'cancelled', stoppedAt: '2031-05-05T12:00:00.000Z' }],
      unpromised: [{ target: 'close', startedAt: '2031-05-05T12:00:00.000Z' }],
    });
  });

  test('reading clocks in between changes nothing', () => {
    const books = changed({});
    const looked = asOf('2031-05-05T13:00Z', fold(books, MON9), books);
    const [, event] = record([MON9, touched]);
    expect(event && advanceClocks(looked, event, books)).toEqual(fold(books, MON9, touched));
  });
});

describe('a reopened case', () => {
  const reopenedCase: Happened[] = [
    MON9,
    ['2031-05-05T11:00Z', submitted],
    ['2031-05-05T12:00Z', approved],
    ['2031-05-06T10:00Z', reopened(2)],
  ];
  const under = (reopen: 'first-only' | 'restart' | 'resume', ...more: Happened[]) =>
    fold(booksOf([null, rulesOf([{ ...RESOLVE, reopen }])]), ...reopenedCase, ...more).clocks;

  test('has no second clock under first-only', () => {
    expect(under('first-only')).toMatchObject([{ cycle: 1, state: 'completed', met: true }]);
  });

  test('starts a new cycle under restart, and the old clock keeps its verdict', () => {
    expect(under('restart', ['2031-05-06T11:00Z', prioritised('high')])).toMatchObject([
      { cycle: 1, state: 'completed', goalMs: 8 * HOUR },
      { cycle: 2, state: 'running', goalMs: 4 * HOUR, startedBy: 'e4', dueAt: '2031-05-06T14:00:00.000Z' },
    ]);
  });

  test('resumes the old clock under resume: the time between counts as a pause', () => {
    const clocks = under('resume', ['2031-05-06T11:00Z', submitted]);
    expect(clocks).toMatchObject([
      { cycle: 2, state: 'completed', workingMs: 3 * HOUR, startedBy: 'e1', stoppedBy: 'e5' },
    ]);
    expect(clocks[0]?.pauses).toMatchObject([{ from: '2031-05-05T11:00:00.000Z', fromEvent: 'e2', toEvent: 'e4' }]);
  });

  describe('under a priority that no goal fits, under resume', () => {
    const [open, inReview, closed, again] = reopenedCase as [Happened, Happened, Happened, Happened];
    const unfit: Happened[] = [open, inReview, ['2031-05-05T11:30Z', prioritised('none')], closed, again];
    const resuming = (...more: Happened[]) =>
      fold(booksOf([null, rulesOf([{ ...RESOLVE, reopen: 'resume' }])]), ...unfit, ...more).clocks;

    test('keeps its verdict, and has none for the new cycle', () => {
      const verdict = { cycle: 1, state: 'completed', met: true, goalMs: 8 * HOUR, workingMs: 2 * HOUR };
      expect(resuming()).toMatchObject([verdict]);
      expect(resuming(['2031-05-06T11:00Z', submitted])).toMatchObject([verdict]);
    });

    test('resumes the old clock once a goal fits', () => {
      expect(resuming(['2031-05-06T11:00Z', prioritised('high')])).toMatchObject([
        { cycle: 2, state: 'running', goalMs: 4 * HOUR, startedBy: 'e1', dueAt: '2031-05-06T12:00:00.000Z' },
      ]);
    });
  });

  test('replaces a running clock under restart', () => {
    const review = { ...RESOLVE, stop: { informed: true }, reopen: 'restart' } as const;
    expect(fold(booksOf([null, rulesOf([review])]), ...reopenedCase).clocks).toMatchObject([
      { cycle: 1, state: 'cancelled' },
      { cycle: 2, state: 'running' },
    ]);
  });
});

describe('an event', () => {
  test('that changes no fact of the rules returns the same object', () => {
    const clocks = fold(office, MON9);
    const [, note] = record([MON9, ['2031-05-05T10:00Z', noted]]);
    expect(note && advanceClocks(clocks, note, office)).toBe(clocks);
  });

  test('that arrives late stops the clock when it happened', () => {
    const { clocks } = fold(office, MON9, ['2031-05-06T12:00Z', prioritised('high')], ['2031-05-05T12:00Z', submitted]);
    expect(clocks).toMatchObject([{ stoppedAt: '2031-05-05T12:00:00.000Z', workingMs: 3 * HOUR, met: true }]);
  });

  test('never moves a clock backwards', () => {
    const { clocks } = fold(office, MON9, ['2031-05-05T08:00Z', submitted]);
    expect(clocks).toMatchObject([{ stoppedAt: '2031-05-05T09:00:00.000Z', workingMs: 0, wallMs: 0 }]);
  });

  test('of a case without rules changes only its facts', () => {
    expect(fold(booksOf(), MON9)).toMatchObject({ case: { facts: { status: 'open' } }, clocks: [], ruleSet: null });
  });

  test('starts no clock while the opening of its case is not known', () => {
    expect(() => fold(office, ['2031-05-05T10:00Z', noted])).toThrow('There is no case in this history');
  });
});

describe('the explanation of a clock', () => {
  const calendar = office.at('care', '')?.calendars.get('office');
  const [running] = fold(office, MON9).clocks;
  if (!calendar || !running) throw new Error('The clock under test is missing.');

  test('remaining time is working time, negative if late', () => {
    expect(remaining(running, calendar, '2031-05-05T13:00:00.000Z')).toBe(4 * HOUR);
    expect(remaining(running, calendar, '2031-05-06T10:00:00.000Z')).toBe(-HOUR);
  });

  test('it is overdue only once more working time has passed than promised', () => {
    expect(isOverdue(running, '2031-05-05T23:00:00.000Z')).toBe(false);
    expect(isOverdue(running, '2031-05-06T09:00:00.000Z')).toBe(false);
    expect(isOverdue(running, '2031-05-06T09:00:00.001Z')).toBe(true);
    const [done] = fold(office, MON9, ['2031-05-05T10:00Z', submitted]).clocks;
    expect(done && isOverdue(done, '2031-05-06T09:00:00.001Z')).toBe(false);
  });

  test('it has the counted intervals, the pauses and the rules', () => {
    const history: Happened[] = [
      MON9,
      ['2031-05-05T10:00Z', paused],
      ['2031-05-05T16:00Z', resumed],
      ['2031-05-06T10:00Z', submitted],
    ];
    const [clock] = fold(office, ...history).clocks;
    const asked = { at: '2031-06-01T00:00:00.000Z', timeZoneData: '2031a' };
    expect(clock && explainClock(clock, 'care', office, asked)).toMatchObject({
      title: 'Resolve',
      calendar: 'office',
      zone: 'Etc/UTC',
      timeZoneData: '2031a',
      until: '2031-05-06T10:00:00.000Z',
      counted: [
        { from: '2031-05-05T09:00:00.000Z', to: '2031-05-05T10:00:00.000Z', ms: HOUR },
        { from: '2031-05-05T16:00:00.000Z', to: '2031-05-05T17:00:00.000Z', ms: HOUR },
        { from: '2031-05-06T09:00:00.000Z', to: '2031-05-06T10:00:00.000Z', ms: HOUR },
      ],
      workingMs: 3 * HOUR,
      held: [{ fromEvent: 'e2', toEvent: 'e3', heldMs: 6 * HOUR }],
    });
  });
});
