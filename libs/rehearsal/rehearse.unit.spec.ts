import { afterEach, describe, expect, test } from '@jest/globals';
import type { RecoveryEvent } from '../recovery/history.js';
import type { CalendarRule, RuleSet, TriageRules } from '../recovery/rules/rule-set.js';
import { opened, paused, resumed, RESOLVE, rulesOf, submitted } from '../recovery/clocks/case-clocks.testing.js';
import type { GivenEvent } from '../replay/history.testing.js';
import { caseEvents, historyOf, inForce, PROJECTIONS } from './rehearsing.testing.js';
import { digestBuild } from '../replay/digest/digest.js';
import { rehearseShare, type ShareRequest, type ShareFound } from './share.js';

const open: Awaited<ReturnType<typeof historyOf>>[] = [];
const history = async (...given: readonly GivenEvent[]): ReturnType<typeof historyOf> => {
  const made = await historyOf(...given);
  open.push(made);
  return made;
};
afterEach(async () => {
  for (const { store } of open.splice(0)) await store.close();
});

// Monday 5 May 2031.
const RULES = rulesOf([RESOLVE]);
const within = (hours: string): RuleSet => rulesOf([{ ...RESOLVE, goals: [{ within: hours }] }]);
const LONG = within('8h');
const SHORT = within('6h');
/** Solved after 7 working hours. */
const seven = caseEvents('seven', ['2031-05-05T09:00Z', opened()], ['2031-05-05T16:00Z', submitted]);
/** Solved after 2. */
const two = caseEvents('two', ['2031-05-06T09:00Z', opened()], ['2031-05-06T11:00Z', submitted]);
/** Solved on the next working day, after 10. */
const ten = caseEvents('ten', ['2031-05-08T13:00Z', opened()], ['2031-05-09T15:00Z', submitted]);
const withDays = (days: Pick<CalendarRule, 'holidays' | 'workdays'>): RuleSet => ({
  ...LONG,
  calendars: { office: { zone: 'Etc/UTC', hours: LONG.calendars['office']?.hours ?? 'always', ...days } },
});
const HOLIDAY = withDays({ holidays: ['2031-05-09'] });

test('an empty history can be rehearsed too', async () => {
  const { rehearsed } = await history();
  const rehearsal = await rehearsed(LONG);
  expect(rehearsal).toMatchObject({ position: null, events: 0, changedCount: 0, notReversible: 0 });
  expect(rehearsal.digestAfter).toBe(rehearsal.digestBefore);
});

describe('a rehearsal', () => {
  test('of the rules in force changes nothing, down to the digest', async () => {
    const { rehearsed } = await history(...inForce(LONG), ...seven, ...two);
    const { changedCount, notReversible, digestBefore, digestAfter, before, after } = await rehearsed(LONG);
    expect({ changedCount, notReversible }).toEqual({ changedCount: 0, notReversible: 0 });
    expect(digestAfter).toBe(digestBefore);
    expect(after.totals).toEqual(before.totals);
  });

  test('of a shorter goal names the case, the clause and the events', async () => {
    const { rehearsed } = await history(...inForce(LONG), ...seven, ...two);
    const { changed, changedCount, before, after, changedBy, digestBefore, digestAfter, notice } =
      await rehearsed(SHORT);
    expect(notice).toMatch(/^Mechanical effect only/);
    expect(changedCount).toBe(1);
    expect(changed).toMatchObject([
      {
        case: 'seven',
        reference: 'seven',
        target: 'resolve',
        cycle: 1,
        from: 'met',
        to: 'missed',
        why: {
          reason: 'goal',
          clauses: [{ reason: 'goal', path: 'targets[0].goals[0].within', from: '8h', to: '6h' }],
          before: { goalMs: 28_800_000, workingMs: 25_200_000 },
          after: { goalMs: 21_600_000, workingMs: 25_200_000, stoppedAt: '2031-05-05T16:00:00.000Z' },
          intervals: { noLongerCounted: [], newlyCounted: [] },
        },
      },
    ]);
    expect(changed[0]?.why.after?.stoppedBy).toEqual(expect.any(String));
    expect(before.totals.byTarget).toMatchObject([{ target: 'resolve', met: 2, missed: 0, breaches: 0 }]);
    expect(after.totals.byTarget).toMatchObject([{ target: 'resolve', met: 1, missed: 1, breaches: 1 }]);
    expect(changedBy).toMatchObject({
      target: [{ name: 'resolve', count: 1, worse: 1, better: 0 }],
      reason: [{ name: 'goal', count: 1 }],
      turn: [{ name: 'met > missed', count: 1 }],
    });
    expect(digestAfter).not.toBe(digestBefore);
  });

  test('of a goal in working days says it as it was written', async () => {
    const { rehearsed } = await history(...inForce(LONG), ...ten);
    const { changed } = await rehearsed(within('2wd'));
    expect(changed).toMatchObject([
      { from: 'missed', to: 'met', why: { before: { within: '8h' }, after: { within: '2wd', goalMs: 57_600_000 } } },
    ]);
    expect(changed[0]?.why.sentence).toContain('(before: 10 h worked of 8 h; after: 10 h worked of 2wd (16 h))');
  });

  test('of a promise to answer each message names the reply', async () => {
    const reply = { id: 'reply', title: 'Answered', each: 'customer-message', goals: [{ within: '4h' }] } as const;
    const wrote = { type: 'CustomerMessageReceived', data: { channel: 'chat' } } as const;
    const answered = { type: 'ProgressUpdateSent', data: { channel: 'chat' } } as const;
    const asked = caseEvents(
      'asked',
      ['2031-05-05T09:00Z', opened()],
      ['2031-05-05T10:00Z', wrote],
      ['2031-05-05T11:00Z', answered],
      ['2031-05-05T12:00Z', wrote],
      ['2031-05-05T15:00Z', answered],
    );
    const { rehearsed } = await history(...inForce(rulesOf([reply])), ...asked);
    const { changed, before, after } = await rehearsed(rulesOf([{ ...reply, goals: [{ within: '2h' }] }]));
    expect(changed).toMatchObject([
      { case: 'asked', target: 'reply', cycle: 1, reply: 2, from: 'met', to: 'missed', why: { reason: 'goal' } },
    ]);
    expect(before.totals.byTarget).toMatchObject([{ target: 'reply', met: 2, missed: 0 }]);
    expect(after.totals.byTarget).toMatchObject([{ target: 'reply', met: 1, missed: 1 }]);
    const { changed: removed } = await rehearsed(rulesOf([]));
    expect(removed).toMatchObject([{ reply: 1, why: { reason: 'target removed' } }, { reply: 2 }]);
  });

  test('of a holiday names the day and the working time that no longer counts', async () => {
    const { rehearsed } = await history(...inForce(LONG), ...ten, ...two);
    const { changed } = await rehearsed(HOLIDAY);
    expect(changed).toMatchObject([
      {
        case: 'ten',
        from: 'missed',
        to: 'met',
        why: {
          reason: 'calendar',
          clauses: [{ path: 'calendars.office.holidays', from: [], to: ['2031-05-09'] }],
          intervals: {
            noLongerCounted: [{ from: '2031-05-09T09:00:00.000Z', to: '2031-05-09T15:00:00.000Z' }],
            newlyCounted: [],
          },
        },
      },
    ]);
  });

  test('of half a holiday and an extra working day names only the day of the case', async () => {
    const { rehearsed } = await history(...inForce(LONG), ...ten);
    const half = { day: '2031-05-09', hours: ['09:00-12:00'] };
    const { changed } = await rehearsed(
      withDays({ holidays: ['2031-05-20', half], workdays: [{ day: '2031-05-18', hours: ['09:00-12:00'] }] }),
    );
    expect(changed).toMatchObject([
      {
        ...{ case: 'ten', from: 'missed', to: 'met' },
        why: {
          clauses: [
            { path: 'calendars.office.holidays', from: [], to: [half] },
            { path: 'calendars.office.workdays', from: [], to: [] },
          ],
          intervals: { noLongerCounted: [{ from: '2031-05-09T12:00:00.000Z', to: '2031-05-09T15:00:00.000Z' }] },
        },
      },
    ]);
  });

  test('of a goal and a holiday together names the one that turned each case', async () => {
    const { rehearsed } = await history(...inForce(LONG), ...ten, ...seven);
    const { changed } = await rehearsed({ ...HOLIDAY, targets: SHORT.targets });
    expect(changed.map((one) => [one.case, `${one.from} > ${one.to}`, one.why.reason])).toEqual([
      ['seven', 'met > missed', 'goal'],
      ['ten', 'missed > met', 'calendar'],
    ]);
  });

  test('of another pause names the condition', async () => {
    const held = caseEvents(
      'held',
      ['2031-05-05T09:00Z', opened()],
      ['2031-05-05T10:00Z', paused],
      ['2031-05-05T16:00Z', resumed],
      ['2031-05-06T11:00Z', submitted],
    );
    const { pause: _, ...unheld } = RESOLVE;
    const { rehearsed } = await history(...inForce(RULES), ...held);
    expect((await rehearsed(rulesOf([unheld]))).changed).toMatchObject([
      { from: 'met', to: 'missed', why: { reason: 'pause', clauses: [{ path: 'targets[0].pause', to: null }] } },
    ]);
  });

  test('counts a paused clock that was late before as overdue, in its list and in its totals', async () => {
    const held = caseEvents('held', ['2031-05-05T09:00Z', opened()], ['2031-05-05T12:00Z', paused]);
    const { rehearsed } = await history(...inForce(LONG), ...held);
    const { before, after, changed, changedBy } = await rehearsed(within('2h'));
    expect(before.totals.clocks).toMatchObject({ overdue: 0, breaches: 0 });
    expect(after.totals.clocks).toMatchObject({ overdue: 1, breaches: 1 });
    expect(changed).toMatchObject([{ case: 'held', from: 'paused', to: 'overdue', why: { reason: 'goal' } }]);
    expect(changedBy.target).toMatchObject([{ name: 'resolve', count: 1, worse: 1, better: 0 }]);
  });

  test('of a removed or added target says so', async () => {
    const { rehearsed } = await history(...inForce(LONG), ...seven);
    const renamed = { ...RESOLVE, id: 'settle', goals: [{ within: '8h' }] };
    expect((await rehearsed(rulesOf([renamed]))).changed).toMatchObject([
      { target: 'resolve', from: 'met', to: 'none', why: { reason: 'target removed' } },
      { target: 'settle', from: 'none', to: 'met', why: { reason: 'target added' } },
    ]);
  });

  test('compares only the cases opened within its window', async () => {
    const { rehearsed } = await history(...inForce(LONG), ...seven, ...two, ...ten);
    const tight = within('1h');
    const { changed, before } = await rehearsed(tight, {
      from: '2031-05-06T00:00:00.000Z',
      to: '2031-05-07T00:00:00.000Z',
    });
    expect(changed.map((one) => one.case)).toEqual(['two']);
    expect(before.totals.clocks).toMatchObject({ met: 1, missed: 0 });
  });

  test('can compare two drafts with each other', async () => {
    const { rehearsed } = await history(...inForce(LONG), ...seven, ...two);
    const { changed, against } = await rehearsed(within('1h'), { against: { ruleSet: SHORT } });
    expect(against).toEqual(expect.any(String));
    expect(changed.map((one) => [one.case, one.from, one.to])).toEqual([['two', 'met', 'missed']]);
  });

  test('has the digest of the live build', async () => {
    const { rehearsed, store } = await history(...inForce(LONG), ...seven, ...two, ...ten);
    expect((await rehearsed(SHORT)).digestBefore).toBe((await digestBuild(store.reads)).digest);
  });

  test('gives the same result in any number of shares', async () => {
    const { rehearsed, store } = await history(...inForce(LONG), ...seven, ...two, ...ten);
    const whole = await rehearsed(SHORT);
    for (const count of [2, 3, 256]) {
      const inShares = (all: ShareRequest): Promise<ShareFound[]> =>
        Promise.all(
          Array.from({ length: count }, (_, share) => {
            const shards = all.shards.filter((shard) => shard % count === share);
            return rehearseShare({ ...all, shards }, { events: store.events, projections: PROJECTIONS });
          }),
        );
      expect(await rehearsed(SHORT, { inShares })).toEqual(whole);
    }
  });

  test('lists at most the requested number, the first by case, and counts all', async () => {
    const { rehearsed } = await history(...inForce(LONG), ...seven, ...two, ...ten);
    const { changed, changedCount } = await rehearsed(within('1h'), { most: 1 });
    expect(changed.map((one) => one.case)).toEqual(['seven']);
    expect(changedCount).toBe(2);
  });

  test('can be stopped between two steps, and reports its progress', async () => {
    const { rehearsed } = await history(...inForce(LONG), ...seven);
    await expect(rehearsed(SHORT, { signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow('stopped');
    const shares: number[] = [];
    await rehearsed(SHORT, { onProgress: ({ share }) => shares.push(share) });
    expect(shares.at(-1)).toBe(1);
  });

  test('can be stopped while it folds', async () => {
    const { rehearsed } = await history(...inForce(LONG), ...seven, ...two, ...ten);
    const stopping = new AbortController();
    const shares: number[] = [];
    const onProgress = ({ share }: { readonly share: number }): void => {
      shares.push(share);
      // Like a message from another thread, in a turn of its own.
      if (share > 0.1) setImmediate(() => stopping.abort(new Error('stopped')));
    };
    await expect(rehearsed(SHORT, { signal: stopping.signal, onProgress })).rejects.toThrow('stopped');
    expect(shares.at(-1)).toBeLessThan(1);
  });
});

describe('rules from a time on', () => {
  /** Opened before the change, and still running after it. */
  const running = caseEvents('running', ['2031-05-05T09:00Z', opened()]);
  const touched = (at: string): GivenEvent[] =>
    caseEvents('running', [at, { type: 'CasePriorityChanged', data: { priority: 'x' } }]);
  const since = '2031-05-05T11:00:00.000Z';
  const from = (retarget: 'keep' | 'restart' | 'pinned') => ({
    before: rulesOf([{ ...RESOLVE, retarget, goals: [{ within: '8h' }] }]),
    after: rulesOf([{ ...RESOLVE, retarget, goals: [{ within: '4h' }] }]),
  });

  test('leave earlier verdicts as they were', async () => {
    const { rehearsed } = await history(...inForce(LONG), ...seven, ...two);
    const later = { since: '2031-05-06T00:00:00.000Z', ruleSet: within('1h') };
    expect((await rehearsed(LONG, { candidate: later })).changed.map((one) => one.case)).toEqual(['two']);
  });

  test.each([
    ['keep', 'its start, under the new goal', '2031-05-05T13:00:00.000Z'],
    ['restart', 'nothing: it begins again at the change', '2031-05-05T15:00:00.000Z'],
    [
      'pinned',
      'the goal that it began under, and is late from the next working instant on',
      '2031-05-06T09:00:00.000Z',
    ],
  ] as const)('a running clock that is to %s keeps %s', async (retarget, _what, lateFrom) => {
    const { before, after } = from(retarget);
    const { rehearsed } = await history(...inForce(before), ...running, ...touched('2031-05-05T11:30Z'));
    const at = '2031-05-05T12:00:00.000Z';
    const { changedCount } = await rehearsed(before, { candidate: { ruleSet: after, since }, at });
    expect(changedCount).toBe(0); // it runs in each case; only its due time differs
    const overdueAt = new Date(Date.parse(lateFrom) + 1).toISOString();
    const later = await rehearsed(before, { candidate: { ruleSet: after, since }, at: overdueAt });
    expect(later.after.totals.clocks).toMatchObject({ running: 1, overdue: 1 });
    const sooner = await rehearsed(before, { candidate: { ruleSet: after, since }, at: lateFrom });
    expect(sooner.after.totals.clocks).toMatchObject({ running: 1, overdue: 0 });
  });
});

describe('decisions that no rule change can undo', () => {
  const TRIAGE: TriageRules = {
    low: { nps: 6 },
    cells: {
      low: { yes: { do: 'recover', priority: 'high' }, no: { do: 'respect' }, 'not-answered': { do: 'recover' } },
      high: { yes: { do: 'call-back' }, no: { do: 'nothing' }, 'not-answered': { do: 'nothing' } },
    },
  };
  const heard = (response: string, score: number, contactMe: 'yes' | 'no' = 'yes'): GivenEvent => ({
    stream: `response-${response}`,
    event: {
      type: 'ResponseReceived',
      data: {
        response,
        source: 's',
        externalId: response,
        kind: 'survey',
        customer: 'u',
        answers: [{ metric: 'nps', score }],
        contactMe,
        commentLength: 0,
        tags: [],
      },
    } as RecoveryEvent,
  });
  const rules = (triage: TriageRules): RuleSet => rulesOf([RESOLVE], { triage });

  test('are counted apart: opened, not opened, handled otherwise', async () => {
    const { rehearsed } = await history(
      ...inForce(rules(TRIAGE)),
      heard('five', 5),
      heard('two', 2),
      heard('six-no', 6, 'no'),
      heard('nine-no', 9, 'no'),
    );
    const high = { ...TRIAGE.cells.high, no: { do: 'recover' } } as const;
    const low = { ...TRIAGE.cells.low, yes: { do: 'recover', priority: 'urgent' } } as const;
    const other: TriageRules = { ...TRIAGE, low: { nps: 4 }, cells: { low, high } };
    const { notReversible, decisions, changedCount } = await rehearsed(rules(other));
    // 5: recovered before, called back after. 2: more urgent. 6 and 9 without contact: respected or left, opened after.
    expect(notReversible).toBe(4);
    expect(decisions).toMatchObject({ wouldHaveBeenOpened: 2, wouldNotHaveBeenOpened: 0, handledOtherwise: 2 });
    expect(changedCount).toBe(0);
    const back = await rehearsed(
      rules({ ...TRIAGE, cells: { ...TRIAGE.cells, low: { ...TRIAGE.cells.low, yes: { do: 'nothing' } } } }),
    );
    expect(back.decisions).toMatchObject({ wouldHaveBeenOpened: 0, wouldNotHaveBeenOpened: 2 });
  });

  test('include whom the daily limits hold back, on each side, and who expires', async () => {
    const limited = (perTeamAndDay: number, within = '100d'): RuleSet =>
      rules({ ...TRIAGE, throttle: { perTeamAndDay, holdsBackYes: true, release: { order: 'oldest-first', within } } });
    const told = ['one', 'two', 'three', 'four'].map((name) => heard(name, 2));
    const heldBack: GivenEvent = {
      stream: 'response-four',
      event: {
        type: 'ResponseTriaged',
        data: { response: 'four', score: 'low', contactMe: 'yes', rule: 'low/yes', outcome: 'held-back', ruleSet: 'x' },
      },
    };
    const { rehearsed } = await history(...inForce(limited(3)), ...told, heldBack);
    expect((await rehearsed(limited(3))).heldBack).toBeNull();
    expect((await rehearsed(limited(1))).heldBack).toEqual({ before: 1, after: 3 });
    expect((await rehearsed(rules(TRIAGE))).heldBack).toEqual({ before: 1, after: 0 });
    const shorter = await rehearsed(limited(3, '1d'));
    expect(shorter.heldBack).toEqual({ before: 1, after: 1 });
    expect(shorter.before.totals.funnel.triage).toMatchObject({ heldBack: 1, expired: 0, waiting: 1 });
    expect(shorter.after.totals.funnel.triage).toMatchObject({ heldBack: 1, expired: 1, waiting: 0 });
  });
});
