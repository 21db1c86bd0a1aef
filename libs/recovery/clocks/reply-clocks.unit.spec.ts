import { describe, expect, test } from '@jest/globals';
import type { CaseEvent } from '../case/case.js';
import type { TargetRule } from '../rules/rule-set.js';
import {
  approved,
  asOf,
  booksOf,
  fold,
  merged,
  opened,
  paused,
  prioritised,
  reopened,
  resumed,
  returned,
  rulesOf,
  submitted,
  type Happened,
} from './case-clocks.testing.js';
import { verdictOf } from './clock-times.js';
import { explainClock } from './explain-clock.js';

const HOUR = 3_600_000;
const wrote: CaseEvent = { type: 'CustomerMessageReceived', data: { channel: 'e-mail' } };
const updated: CaseEvent = { type: 'ProgressUpdateSent', data: { channel: 'e-mail' } };
const called = (outcome: 'reached' | 'voicemail'): CaseEvent => ({
  type: 'ContactAttempted',
  data: { channel: 'phone', outcome },
});

/** Each message of the customer is answered within 4 working hours of Monday to Friday 9-17 UTC. */
const REPLY = {
  id: 'reply',
  title: 'Each message answered',
  each: 'customer-message',
  calendar: 'office',
  pause: { status: 'paused' },
  cancel: { status: 'merged' },
  goals: [{ when: { priority: 'high' }, within: '2h' }, { within: '4h' }],
  warnBefore: '1h',
} as const satisfies TargetRule;

const under = (more: Partial<TargetRule> = {}) => booksOf([null, rulesOf([{ ...REPLY, ...more }])]);
const office = under();
// 2031-05-05 is a Monday.
const MON9: Happened = ['2031-05-05T09:00Z', opened()];
const at = (time: string, event: CaseEvent): Happened => [`2031-05-${time}Z`, event];
const clocks = (...history: readonly Happened[]) => fold(office, MON9, ...history).clocks;

describe('a clock for each message of the customer', () => {
  test('does not run while there is none', () => {
    expect(clocks(at('05T10:00', called('voicemail')), at('05T11:00', updated))).toEqual([]);
  });

  test('starts with the message and is stopped by our answer', () => {
    expect(clocks(at('05T10:00', wrote))).toMatchObject([
      { target: 'reply', cycle: 1, reply: 1, startedBy: 'e2', dueAt: '2031-05-05T14:00:00.000Z', state: 'running' },
    ]);
    expect(clocks(at('05T10:00', wrote), at('05T13:00', updated))).toMatchObject([
      { state: 'completed', met: true, workingMs: 3 * HOUR, startedBy: 'e2', stoppedBy: 'e3' },
    ]);
  });

  test('starts again with the next message: one verdict for each reply that was due', () => {
    const history = [
      at('05T10:00', wrote),
      at('05T13:00', updated),
      at('05T15:00', wrote),
      at('06T13:00', called('reached')),
      at('07T09:00', wrote),
    ];
    expect(clocks(...history)).toMatchObject([
      { reply: 1, met: true, workingMs: 3 * HOUR },
      { reply: 2, met: false, workingMs: 6 * HOUR, startedBy: 'e4', stoppedBy: 'e5' },
      { reply: 3, state: 'running', dueAt: '2031-05-07T13:00:00.000Z' },
    ]);
  });

  test('goes on when the customer writes again before our answer: asking twice gives us no more time', () => {
    expect(clocks(at('05T10:00', wrote), at('05T13:00', wrote), at('05T15:00', updated))).toMatchObject([
      { reply: 1, startedBy: 'e2', workingMs: 5 * HOUR, met: false },
    ]);
  });

  test.each<[string, CaseEvent]>([
    ['a call in which the customer was reached', called('reached')],
    ['an update', updated],
    ['what was done', { type: 'CustomerInformed', data: { channel: 'e-mail' } }],
    ['an acknowledgement by a person', { type: 'CaseAcknowledged', data: { channel: 'e-mail', automatic: false } }],
    ['a call to verify', { type: 'CallbackRecorded', data: { outcome: 'reached' } }],
  ])('is stopped by %s', (_what, answer) => {
    expect(clocks(at('05T10:00', wrote), at('05T11:00', answer))).toMatchObject([{ state: 'completed' }]);
  });

  test.each<[string, CaseEvent]>([
    ['a message on a machine', called('voicemail')],
    ['an automatic acknowledgement', { type: 'CaseAcknowledged', data: { channel: 'e-mail', automatic: true } }],
    ['a call to verify that reached nobody', { type: 'CallbackRecorded', data: { outcome: 'no-answer' } }],
    ['a note', { type: 'NoteAdded', data: { note: 'thinking' } }],
    ['an offer that nobody told the customer of', offered()],
  ])('is not stopped by %s', (_what, event) => {
    expect(clocks(at('05T10:00', wrote), at('05T11:00', event))).toMatchObject([{ state: 'running' }]);
  });

  test('ignores messages from before the case was opened', () => {
    expect(clocks(at('05T08:00', wrote))).toEqual([]);
  });
});

function offered(): CaseEvent {
  return { type: 'ResolutionOffered', data: { offer: 'o-1', kind: 'refund', needsAuthority: false } };
}

describe('a reply clock follows the rules of other clocks', () => {
  const asked = [at('05T10:00', wrote)] as const;

  test('a pause holds it, and the end of the pause goes on with it', () => {
    const held = [at('05T11:00', paused), at('05T13:00', resumed)];
    expect(clocks(...asked, ...held)).toMatchObject([{ state: 'running', dueAt: '2031-05-05T16:00:00.000Z' }]);
    expect(clocks(at('05T09:30', paused), ...asked)).toMatchObject([{ state: 'paused', startedBy: 'e3' }]);
  });

  test('a merge cancels it, and it is missed where it was past due', () => {
    expect(clocks(...asked, at('05T12:00', merged))).toMatchObject([{ state: 'cancelled' }]);
    expect(clocks(...asked, at('05T12:00', merged))[0]).not.toHaveProperty('met');
    expect(clocks(...asked, at('05T15:00', merged))).toMatchObject([{ state: 'cancelled', met: false }]);
  });

  test('another priority brings another goal', () => {
    expect(clocks(...asked, at('05T11:00', prioritised('high')))).toMatchObject([
      { dueAt: '2031-05-05T12:00:00.000Z' },
    ]);
  });

  test('an answered one never goes on, whatever comes back to work', () => {
    const answered = [...asked, at('05T11:00', updated)];
    const back = [at('05T12:00', submitted), at('05T13:00', returned), at('05T14:00', wrote)];
    expect(clocks(...answered, ...back)).toMatchObject([
      { reply: 1, state: 'completed', met: true },
      { reply: 2, state: 'running', startedBy: 'e6' },
    ]);
  });

  test('one that was cancelled does not begin again for the same message', () => {
    const books = under({ cancel: { status: 'submitted' } });
    const history = [MON9, ...asked, at('05T12:00', submitted), at('05T13:00', returned)] as const;
    expect(fold(books, ...history).clocks).toMatchObject([{ state: 'cancelled' }]);
    const { clocks: next } = fold(books, ...history, at('05T14:00', updated), at('05T15:00', wrote));
    expect(next).toMatchObject([{ state: 'cancelled' }, { reply: 2, state: 'running' }]);
  });

  describe('when its case is opened again', () => {
    const closed = [at('05T11:00', submitted), at('05T12:00', approved)];
    const again = at('05T13:00', reopened(2));
    const told = (reopen: TargetRule['reopen'], ...more: readonly Happened[]) =>
      fold(under({ reopen }), MON9, ...more).clocks;
    const next = [at('06T10:00', updated), at('06T11:00', wrote)];

    test('first-only goes on and begins no other', () => {
      expect(told('first-only', ...asked, ...closed, again)).toMatchObject([{ cycle: 1, state: 'running' }]);
      expect(told('first-only', ...asked, ...closed, again, ...next)).toMatchObject([{ cycle: 1, met: false }]);
    });
    test('restart begins again in the new cycle', () => {
      expect(told('restart', ...asked, ...closed, again)).toMatchObject([
        { cycle: 1, reply: 1, state: 'cancelled' },
        { cycle: 2, reply: 1, state: 'running', startedAt: '2031-05-05T13:00:00.000Z' },
      ]);
    });
    test('resume goes on, and the next message has a clock of its own', () => {
      expect(told('resume', ...asked, ...closed, again)).toMatchObject([{ cycle: 1, state: 'running' }]);
      expect(told('resume', ...asked, ...closed, again, ...next)).toMatchObject([
        { cycle: 1, reply: 1, met: false, workingMs: 8 * HOUR },
        { cycle: 2, reply: 2, state: 'running', startedAt: '2031-05-06T11:00:00.000Z' },
      ]);
    });
  });

  test('a withdrawn answer leaves the message unanswered', () => {
    const withdrawn: CaseEvent = {
      type: 'EventCorrected',
      data: { corrects: 'e3', correctsType: 'ProgressUpdateSent', withdrawn: true, reason: 'never sent' },
    };
    expect(clocks(...asked, at('05T11:00', updated), at('05T12:00', withdrawn))).toMatchObject([
      { reply: 1, state: 'running', startedBy: 'e2' },
    ]);
  });

  test('an answer that is told late stops it when it was given', () => {
    const late = [at('05T10:00', wrote), at('06T10:00', wrote), at('05T11:00', updated)];
    expect(clocks(...late)).toMatchObject([
      { reply: 1, met: true, workingMs: HOUR, stoppedBy: 'e4' },
      { reply: 2, state: 'running', startedBy: 'e3' },
    ]);
  });

  test('rules that take force while a message waits begin its clock then, and count it as the same reply', () => {
    const books = booksOf([null, rulesOf([])], ['2031-05-06T09:00Z', rulesOf([REPLY])]);
    const history = [MON9, at('05T10:00', wrote), at('05T11:00', updated), at('05T16:00', wrote)] as const;
    expect(asOf('2031-05-06T10:00Z', fold(books, ...history), books).clocks).toMatchObject([
      { reply: 2, startedAt: '2031-05-06T09:00:00.000Z', state: 'running' },
    ]);
  });

  test('a clock without a goal that fits promises nothing until one does', () => {
    const books = under({ goals: [{ when: { priority: 'high' }, within: '2h' }] });
    expect(fold(books, MON9, ...asked).clocks).toEqual([]);
    expect(fold(books, MON9, ...asked, at('05T11:00', prioritised('high'))).clocks).toMatchObject([
      { reply: 1, startedBy: 'e2', dueAt: '2031-05-05T12:00:00.000Z' },
    ]);
  });

  test('it is explained like any other', () => {
    const [clock] = clocks(...asked, at('05T15:00', updated));
    if (!clock) throw new Error('There is no clock.');
    expect(verdictOf(clock, '2031-06-01T00:00:00.000Z')).toBe('missed');
    const explained = explainClock(clock, 'care', office, { at: '2031-06-01T00:00:00.000Z', timeZoneData: 'none' });
    expect(explained).toMatchObject({ title: 'Each message answered', calendar: 'office', workingMs: 5 * HOUR });
  });
});
