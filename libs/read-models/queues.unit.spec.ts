import { describe, expect, test } from '@jest/globals';
import type { CaseEvent } from '../recovery/case/case.js';
import { booksOf, rulesOf } from '../recovery/clocks/case-clocks.testing.js';
import { documents, inputs, record, twice } from './documents.testing.js';
import { queues } from './queues.js';

const opened = {
  type: 'CaseOpened',
  data: { case: '7', customer: 'customer-1', kind: 'recover', priority: 'high', team: 'north', tags: [] },
} as const;
const assigned = { type: 'CaseAssigned', data: { owner: 'ana', by: 'rule' } } as const;
const tried = { type: 'ContactAttempted', data: { channel: 'phone', outcome: 'no-answer' } } as const;
const submitted = { type: 'CaseSubmitted', data: {} } as const;
const approved = { type: 'CaseApproved', data: {} } as const;
const reopened = { type: 'CaseReopened', data: { cycle: 2 } } as const;

const worked = record(['case-7', opened], ['case-7', assigned], ['case-7', tried], ['case-7', tried]);

test('an open case stands in the queue of its owner and team with what was tried', async () => {
  expect(await documents(queues, worked)).toMatchObject({
    '7': { owner: 'ana', team: 'north', status: 'open', priorityRank: 2, attempts: 2, contacted: false },
  });
});

test.each(['Constructor', '__proto__'])('a priority named %s ranks last, as any unknown one', async (name) => {
  const changed = { type: 'CasePriorityChanged', data: { priority: name } } as const;
  expect(await documents(queues, record(['case-7', opened], ['case-7', changed]))).toMatchObject({
    '7': { priority: name, priorityRank: 9 },
  });
});

test('every event delivered twice changes nothing', async () => {
  expect(await documents(queues, twice(worked))).toEqual(await documents(queues, worked));
});

test('an approved case leaves the queue, and comes back when it is reopened', async () => {
  const closed = [
    ['case-7', opened],
    ['case-7', assigned],
    ['case-7', submitted],
    ['case-7', approved],
  ] as const;
  expect(await documents(queues, record(...closed))).toEqual({});
  expect(await documents(queues, record(...closed, ['case-7', reopened]))).toMatchObject({
    '7': { owner: 'ana', cycle: 2, attempts: 0 },
  });
});

test('a case that fell to a fallback owner says why, until somebody else gets it', async () => {
  const fell = { type: 'CaseAssigned', data: { owner: 'sue', by: 'team-fallback', because: 'no-room' } } as const;
  const handedOff = { type: 'CaseHandedOff', data: { fromOwner: 'sue', toOwner: 'ana', reason: 'has room' } } as const;
  const fallen = [
    ['case-7', opened],
    ['case-7', fell],
  ] as const;
  expect(await documents(queues, record(...fallen))).toMatchObject({ '7': { owner: 'sue', fallback: 'no-room' } });
  const placed = await documents(queues, record(...fallen, ['case-7', handedOff]));
  expect(placed['7']).not.toHaveProperty('fallback');
  expect((await documents(queues, worked))['7']).not.toHaveProperty('fallback');
});

test('what broke a rule is counted', async () => {
  const broken = { ...tried, data: { ...tried.data, breaches: ['frequency-cap', 'contact-hours'] } } as const;
  expect(await documents(queues, record(['case-7', opened], ['case-7', broken], ['case-7', tried]))).toMatchObject({
    '7': { attempts: 2, breachCount: 2 },
  });
});

describe('the next try', () => {
  /** Three tries, four hours apart, from nine to five of a working day. */
  const contact = { tries: 3, spacing: '4h', hours: 'office' };
  const rules = inputs(booksOf([null, rulesOf([], { contact })]));
  /** After what happened so many hours after Monday at nine. */
  const due = async (...told: readonly (readonly [hour: number, event: CaseEvent])[]) => {
    const events = told.map(([hour, event]) => ['case-7', event, { minute: hour * 60 }] as const);
    const history = record(['case-7', opened], ...events).map((event) => ({ ...event, programme: 'care' }));
    return (await documents(queues, history, rules))['7']?.['contactDueAt'];
  };
  const dueAfter = (...hours: readonly number[]) => due(...hours.map((hour) => [hour, tried] as const));

  test('is due as the rules space tries, until all are made', async () => {
    expect(await dueAfter()).toBeNull();
    expect(await dueAfter(1)).toBe('2031-05-05T14:00:00.000Z');
    expect(await dueAfter(1, 5)).toBe('2031-05-06T09:00:00.000Z');
    expect(await dueAfter(1, 5, 24)).toBeNull();
  });
  test('is not due while the case is in review, and is due again once it is returned', async () => {
    const givenUp = { type: 'CaseGivenUp', data: { reason: 'contact-refused' } } as const;
    const returned = { type: 'CaseReturned', data: { reason: 'no cause' } } as const;
    expect(await due([1, tried], [2, submitted])).toBeNull();
    expect(await due([1, tried], [2, givenUp])).toBeNull();
    expect(await due([1, tried], [2, submitted], [3, returned])).toBe('2031-05-05T14:00:00.000Z');
  });
  test('is not due once the customer refused contact, whatever is tried after that', async () => {
    const refused = { type: 'ContactAttempted', data: { channel: 'phone', outcome: 'refused' } } as const;
    expect(await due([1, refused])).toBeNull();
    expect(await due([1, refused], [5, tried])).toBeNull();
  });
  test('is not due before the cap allows one more contact', async () => {
    const capped = inputs(booksOf([null, rulesOf([], { contact: { ...contact, frequencyCap: { max: 2, days: 1 } } })]));
    const attempts = [1, 5].map((hour) => ['case-7', tried, { minute: hour * 60 }] as const);
    const history = record(['case-7', opened], ...attempts).map((event) => ({ ...event, programme: 'care' }));
    expect(await documents(queues, history, capped)).toMatchObject({
      '7': { contactDueAt: '2031-05-06T10:00:00.000Z' },
    });
  });
  test('stays due where an attempt counts for none: made too soon, or out of hours', async () => {
    expect(await dueAfter(1, 2, 3)).toBe('2031-05-05T14:00:00.000Z');
    expect(await dueAfter(10)).toBe('2031-05-06T09:00:00.000Z');
  });
});
