import { expect, test } from '@jest/globals';
import type { RecordedEvent } from '../history.js';
import {
  approved,
  noted,
  opened,
  paused,
  prioritised,
  record,
  reopened,
  resumed,
  returned,
  submitted,
} from '../clocks/case-clocks.testing.js';
import { evolveCase, type CaseEvent } from './case.js';
import { CASE_FACT_FIELDS, type CaseFacts } from './case-facts.js';
import type { OpenedCase } from './case-state.js';

const AT = '2031-05-05T09:00Z';
const events = (...history: readonly CaseEvent[]) => record(history.map((event) => [AT, event]));
const evolve = (state: OpenedCase | undefined, event: RecordedEvent) => evolveCase(state, event);
const folded = (...history: readonly CaseEvent[]) => events(opened(), ...history).reduce(evolve, undefined);
const facts = (...history: readonly CaseEvent[]) => folded(...history)?.facts;

test('an opened case has every fact that rules may speak of', () => {
  const [first] = events(opened('high', { touchpoint: 'shop', language: 'de', tags: ['vip'], team: 'care' }));
  const now = first && evolveCase(undefined, first)?.facts;
  expect(now).toMatchObject({
    status: 'open',
    priority: 'high',
    touchpoint: 'shop',
    language: 'de',
    tags: ['vip'],
    team: 'care',
    product: null,
    owner: null,
    cycle: 1,
  });
  expect(Object.keys(now ?? {}).sort()).toEqual(Object.keys(CASE_FACT_FIELDS).sort());
});

test.each<[string, readonly CaseEvent[], Partial<CaseFacts>]>([
  [
    'an assigned case has an owner',
    [{ type: 'CaseAssigned', data: { owner: 'ana', by: 'rule' } }],
    { owner: 'ana', team: null },
  ],
  [
    'a handed-over case has another, and keeps its team unless another is named',
    [
      { type: 'CaseAssigned', data: { owner: 'ana', team: 'care', by: 'rule' } },
      { type: 'CaseHandedOff', data: { toOwner: 'ben', reason: 'leave' } },
    ],
    { owner: 'ben', team: 'care' },
  ],
  ['an alert counts', [{ type: 'OwnerAlerted', data: { owner: 'ana', channel: 'chat' } }], { alerted: true }],
  [
    'an acknowledgement counts',
    [{ type: 'CaseAcknowledged', data: { channel: 'e-mail', automatic: true } }],
    { acknowledged: true },
  ],
  [
    'an attempt is no contact',
    [{ type: 'ContactAttempted', data: { channel: 'phone', outcome: 'no-answer' } }],
    { attempted: true, contacted: false },
  ],
  [
    'a customer once reached stays reached',
    [
      { type: 'ContactAttempted', data: { channel: 'phone', outcome: 'reached' } },
      { type: 'ContactAttempted', data: { channel: 'phone', outcome: 'no-answer' } },
    ],
    { contacted: true },
  ],
  ['a paused case waits for somebody', [paused], { status: 'paused', waitingOn: 'customer' }],
  ['a resumed one for nobody', [paused, resumed], { status: 'open', waitingOn: null }],
  ['a submitted case is resolved', [submitted], { status: 'submitted', resolved: true, approved: false }],
  [
    'a case given up is resolved too',
    [{ type: 'CaseGivenUp', data: { reason: 'unreachable' } }],
    { status: 'given-up', resolved: true },
  ],
  ['an approved case is approved', [submitted, approved], { status: 'approved', resolved: true, approved: true }],
  ['a returned case is open again', [submitted, returned], { status: 'open', resolved: false }],
  ['a changed priority is the priority', [prioritised('high')], { priority: 'high' }],
  ['an escalation counts', [{ type: 'CaseEscalated', data: { to: 'eve', reason: 'late' } }], { escalated: true }],
  [
    'an answered offer was made',
    [
      { type: 'ResolutionOffered', data: { offer: 'o-1', kind: 'refund', needsAuthority: false } },
      { type: 'OfferAnswered', data: { offer: 'o-1', answer: 'accepted' } },
    ],
    { offered: true, offerAnswer: 'accepted' },
  ],
])('%s', (_what, history, expected) => {
  expect(facts(...history)).toMatchObject(expected);
});

test('a new cycle begins as new, with the owner and priority it had', () => {
  const before: CaseEvent[] = [
    { type: 'CaseAssigned', data: { owner: 'ana', by: 'rule' } },
    prioritised('high'),
    { type: 'ContactAttempted', data: { channel: 'phone', outcome: 'reached' } },
    submitted,
    approved,
  ];
  expect(facts(...before, reopened(2))).toEqual({ ...facts(), owner: 'ana', priority: 'high', cycle: 2 });
});

test('a correction changes nothing by itself: what it corrects is read as corrected', () => {
  const before = folded(prioritised('low'));
  const [, event] = events(opened(), {
    type: 'EventCorrected',
    data: { corrects: 'e2', correctsType: 'CasePriorityChanged', set: { priority: 'high' }, reason: 'typed wrong' },
  });
  expect(event && evolveCase(before, event)).toBe(before);
});

test('what changes nothing gives back the same object', () => {
  const before = folded();
  for (const event of events(noted, prioritised('normal'))) expect(evolveCase(before, event)).toBe(before);
});

test('events of other streams are none of its business', () => {
  const [event] = events(noted);
  const other = {
    ...event,
    type: 'TargetBreached',
    stream: 'clock-c-1',
    data: { case: 'c-1' },
  } as unknown as RecordedEvent;
  expect(evolveCase(undefined, other)).toBeUndefined();
});

test('a case whose opening is not known is not known, and a second opening changes nothing', () => {
  expect(events(noted).reduce(evolve, undefined)).toBeUndefined();
  expect(facts(opened('high'))).toEqual(facts());
});
