import { describe, expect, test } from '@jest/globals';
import type { CaseEvent } from '../case/case.js';
import {
  ana,
  attempted,
  closed,
  fold,
  given,
  happened,
  owned,
  rules,
  submitted,
  time,
  type Happened,
} from '../case/case.testing.js';

const log = { type: 'LogContactAttempt', channel: 'phone', outcome: 'no-answer' } as const;
const attempt = (outcome: 'no-answer' | 'reached' | 'refused', at: string, day?: string) =>
  happened({ type: 'ContactAttempted', data: { channel: 'phone', outcome } } satisfies CaseEvent, ana, time(at, day));

describe('logging a contact attempt', () => {
  test('channel and outcome are logged', () => {
    expect(given(...owned).when({ ...log, note: 'rang for long' })).toEqual([
      { type: 'ContactAttempted', data: { channel: 'phone', outcome: 'no-answer', note: 'rang for long' } },
    ]);
  });
  test('a repeated command is one attempt, another command is another', () => {
    expect(given(...owned, attempted).when(log, { commandId: 'c-3' })).toEqual([]);
    expect(given(...owned, attempted).when(log, { commandId: 'c-4' })).toEqual([attempted]);
  });
  test('beyond the rules happened all the same: it is recorded as a breach of them', () => {
    const channels = { rules: rules({ contact: { tries: 2, channels: ['e-mail', 'chat'] } }) };
    expect(given(...owned).when(log, channels)).toMatchObject([{ data: { breaches: ['channel-not-allowed'] } }]);

    const capped = { rules: rules({ contact: { tries: 2, frequencyCap: { max: 2, days: 7 } } }) };
    const twice = [...owned, attempt('no-answer', '12:00'), attempt('no-answer', '09:00', '2031-05-07')];
    expect(given(...twice).when(log, { ...capped, now: time('11:59', '2031-05-12') })).toMatchObject([
      { data: { breaches: ['frequency-cap'] } },
    ]);
    expect(given(...twice).when(log, { ...capped, now: time('12:00', '2031-05-12') })).toEqual([attempted]);
  });
  test('before the case was opened counts for nothing', () => {
    const early = attempt('reached', '08:00');
    expect(fold(...owned, early).now).toMatchObject({ attempts: [], facts: { attempted: false, contacted: false } });
  });
  test.each([
    ['in-review', [...owned, submitted]],
    ['closed', closed],
  ])('of a case that is %s is a breach, and counts', (breach, history) => {
    expect(given(...history).when(log)).toMatchObject([{ data: { outcome: 'no-answer', breaches: [breach] } }]);
    const reached = { type: 'ContactAttempted', data: { channel: 'phone', outcome: 'reached' } } as const;
    expect(fold(...history, reached).now?.facts.contacted).toBe(true);
  });
  test('out of the contact hours is a breach', () => {
    const calendars = { day: { zone: 'Etc/UTC', hours: { mon: ['09:00-17:00'] } } };
    const hours = { rules: rules({ calendars, contact: { tries: 2, hours: 'day' } }) };
    expect(given(...owned).when(log, { ...hours, now: time('16:59') })).toEqual([attempted]);
    expect(given(...owned).when(log, { ...hours, now: time('17:00') })).toMatchObject([
      { data: { breaches: ['contact-hours'] } },
    ]);
  });
  test('after the customer refused contact is a breach, until the case is reopened', () => {
    const refused = attempt('refused', '10:00');
    expect(given(...owned, refused).when(log)).toMatchObject([{ data: { breaches: ['contact-refused'] } }]);
    expect(given(...owned, refused).when(log, { occurredAt: time('09:30') })).toEqual([attempted]);
    const reopened = happened({ type: 'CaseReopened', data: { cycle: 2 } }, ana, time('11:00'));
    expect(given(...owned, refused, reopened).when(log)).toEqual([attempted]);
  });
});

describe('giving up', () => {
  const giveUp = { type: 'GiveUpCase', reason: 'unreachable' } as const;
  const givenUp = { type: 'CaseGivenUp', data: { reason: 'unreachable' } } as const;
  const calendars = { day: { zone: 'Etc/UTC', hours: { mon: ['09:00-17:00'] } } };
  const demanding = { rules: rules({ calendars, contact: { tries: 3, spacing: '2h', hours: 'day' } }) };

  test('after the tries that the rules demand', () => {
    const tried = [attempt('no-answer', '09:00'), attempt('no-answer', '11:00'), attempt('no-answer', '13:00')];
    expect(given(...owned, ...tried).when(giveUp, demanding)).toEqual([givenUp]);
  });
  test('earlier it is refused, saying which tries are missing and when they count', () => {
    const tried = [attempt('no-answer', '09:00'), attempt('no-answer', '10:59'), attempt('no-answer', '18:00')];
    expect(given(...owned, ...tried).when(giveUp, demanding)).toMatchObject({
      refused: 'tries-missing',
      because: '1 of 3 tries count; 2 missing. Try again. Tries count within the hours of "day", 2h or more apart.',
    });
  });
  test('tries logged after the fact count in the order in which they were made', () => {
    const tried = [attempt('no-answer', '13:00'), attempt('no-answer', '09:00'), attempt('no-answer', '11:00')];
    expect(given(...owned, ...tried).when(giveUp, demanding)).toEqual([givenUp]);
  });
  test('without rules one try is enough, and none is not', () => {
    expect(given(...owned, attempted).when(giveUp)).toEqual([givenUp]);
    expect(given(...owned).when(giveUp)).toMatchObject({
      refused: 'tries-missing',
      because: '0 of 1 tries count; 1 missing. Try again.',
    });
  });
  test('tries of an earlier cycle do not count', () => {
    const reopened = { type: 'CaseReopened', data: { cycle: 2 } } as const;
    expect(given(...closed, reopened).when(giveUp)).toMatchObject({ refused: 'tries-missing' });
  });
  test('a customer who was reached is not unreachable', () => {
    expect(given(...owned, attempt('reached', '10:00')).when(giveUp)).toMatchObject({
      refused: 'customer-was-reached',
    });
  });
  test('a customer who refuses contact is left alone, if that is on record', () => {
    const refused = { ...giveUp, reason: 'contact-refused' } as const;
    expect(given(...owned, attempt('refused', '10:00')).when(refused, demanding)).toEqual([
      { type: 'CaseGivenUp', data: { reason: 'contact-refused' } },
    ]);
    expect(given(...owned, attempted).when(refused)).toMatchObject({ refused: 'contact-not-refused' });
  });
  test('giving up again adds nothing, and a closed case is not given up', () => {
    expect(given(...owned, attempted, givenUp).when(giveUp)).toEqual([]);
    expect(given(...closed).when(giveUp)).toMatchObject({ refused: 'closed' });
  });
});

const wrote = { type: 'CustomerMessageReceived', data: { channel: 'e-mail', message: 'Where is it?' } } as const;

describe('what the customer writes', () => {
  const record = { type: 'RecordCustomerMessage', ...wrote.data } as const;

  test('is recorded whenever it comes, after the case is closed too', () => {
    expect(given(...owned).when(record)).toEqual([wrote]);
    expect(given(...owned, submitted).when(record)).toEqual([wrote]);
    expect(given(...closed).when(record)).toEqual([wrote]);
  });
  test('a repeated command is one message, another command is another', () => {
    expect(given(...owned, wrote).when(record, { commandId: 'c-3' })).toEqual([]);
    expect(given(...owned, wrote).when(record, { commandId: 'c-4' })).toEqual([wrote]);
  });
  test('goes to the case that goes on, if this one was merged', () => {
    const merged = { type: 'CaseMerged', data: { into: 'k2' } } as const;
    expect(given(...owned, merged).when(record)).toMatchObject({ refused: 'case-merged' });
  });
  test('is unanswered until we answer, also over a reopening', () => {
    const unanswered = (...history: readonly (CaseEvent | Happened)[]) => fold(...history).now?.facts.unanswered;
    expect(unanswered(...owned, wrote, wrote)).toBe(2);
    expect(unanswered(...owned, wrote, wrote, attempt('reached', '10:00'))).toBe(0);
    expect(unanswered(...closed, wrote, { type: 'CaseReopened', data: { cycle: 2 } })).toBe(1);
  });
});

describe('what the customer is told', () => {
  const acknowledge = { type: 'AcknowledgeCase', channel: 'e-mail', automatic: true } as const;
  const acknowledged = { type: 'CaseAcknowledged', data: { channel: 'e-mail', automatic: true } } as const;
  const update = { type: 'SendProgressUpdate', channel: 'e-mail', message: 'on its way' } as const;
  const updated = { type: 'ProgressUpdateSent', data: { channel: 'e-mail', message: 'on its way' } } as const;
  const inform = { type: 'InformCustomer', channel: 'phone', message: 'refunded' } as const;
  const informed = { type: 'CustomerInformed', data: { channel: 'phone', message: 'refunded' } } as const;

  test('that we have it: once a cycle', () => {
    expect(given(...owned).when(acknowledge)).toEqual([acknowledged]);
    expect(given(...owned, acknowledged).when(acknowledge)).toEqual([]);
    const again = [acknowledged, { type: 'CaseReopened', data: { cycle: 2 } }] as const;
    expect(given(...owned, ...again).when({ ...acknowledge, automatic: undefined })).toMatchObject([
      { data: { automatic: false } },
    ]);
    expect(given(...closed).when(acknowledge)).toMatchObject([{ data: { breaches: ['closed'] } }]);
  });
  test('how it goes: as often as there is news, once a command; after it is done it is a breach', () => {
    expect(given(...owned).when(update)).toEqual([updated]);
    expect(given(...owned, updated).when(update)).toEqual([updated]);
    expect(given(...owned, updated).when(update, { commandId: 'c-3' })).toEqual([]);
    expect(given(...closed).when(update)).toMatchObject([{ data: { breaches: ['no-progress-left'] } }]);
  });
  test('what was done: after approval, once', () => {
    expect(given(...closed).when(inform)).toEqual([informed]);
    expect(given(...closed, informed).when(inform)).toEqual([]);
    // Whoever writes after that is told again.
    expect(given(...closed, informed, wrote).when(inform)).toEqual([informed]);
    expect(given(...closed, informed, wrote, informed).when(inform)).toEqual([]);
  });
  test('what was done, told before the approval, is a breach, and is told again', () => {
    const early = { ...informed, data: { ...informed.data, breaches: ['not-approved-yet'] } } as const;
    expect(given(...owned, submitted).when(inform)).toEqual([early]);
    expect(fold(...owned, wrote, submitted, early).now?.facts).toMatchObject({ informed: false, unanswered: 0 });
    expect(given(...owned, early, ...closed.slice(2)).when(inform)).toEqual([informed]);
  });
});
