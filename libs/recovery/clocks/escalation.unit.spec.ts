import { expect, test } from '@jest/globals';
import type { Recorded } from '../../event-sourcing/event.js';
import type { TargetRule } from '../rules/rule-set.js';
import {
  booksOf,
  opened,
  prioritised,
  record,
  RESOLVE,
  rulesOf,
  submitted,
  type Happened,
} from './case-clocks.testing.js';
import type { ClockEvent } from './clock-events.js';
import { clockDecider } from './clock-notices.js';
import { levelsDueAt } from './escalation.js';
import { standingClocks } from './standing-clocks.js';

const TARGET: TargetRule = {
  ...RESOLVE,
  escalation: [
    { to: 'owner', by: 'messenger' },
    { after: '2h', to: 'supervisor', when: { escalated: false, priority: { $ne: 'low' } } },
  ],
};
const BOOKS = booksOf([null, rulesOf([TARGET])]);
const ruleSet = BOOKS.at('care', '2031-05-05T09:00:00.000Z')?.hash ?? '';
const TUESDAY = '2031-05-06T09:00:00.000Z';
const promise = { case: 'c-1', target: 'resolve', cycle: 1, dueAt: '2031-05-05T17:00:00.000Z' };
const basis = { ruleSet, timeZoneData: '2030a' };
const BREACHED = { type: 'TargetBreached', data: { ...promise, ...basis, breachedFrom: TUESDAY } } as const;

const raise = (
  level: number,
  now: string,
  { after = [] as readonly Happened[], noticed = [BREACHED] as readonly ClockEvent[] } = {},
) =>
  clockDecider.decide(
    { type: 'RaiseEscalation', ...promise, level, timeZoneData: '2030a' },
    noticed.reduce(
      (state, event) => clockDecider.evolve(state, event as Recorded<ClockEvent>),
      clockDecider.initialState,
    ),
    {
      now: new Date(now).toISOString(),
      actor: { id: 'timekeeper', role: 'system' },
      commandId: 'c',
      clocks: standingClocks(record([['2031-05-05T09:00Z', opened()], ...after]), BOOKS),
    },
  );

test('a level falls due by working time past due, and never before the breach', () => {
  const target = BOOKS.at('care', TUESDAY)?.targetsById.get('resolve');
  expect(target && levelsDueAt(target, BREACHED.data)).toEqual([TUESDAY, '2031-05-06T11:00:00.000Z']);
});
test('a level that is due says who is to be told and how, once', () => {
  const raised = raise(1, '2031-05-06T09:01Z') as readonly ClockEvent[];
  const noticedAt = '2031-05-06T09:01:00.000Z';
  const data = { ...promise, level: 1, to: 'owner', by: 'messenger', ...basis, escalateAt: TUESDAY, noticedAt };
  expect(raised).toEqual([{ type: 'EscalationRaised', data }]);
  expect(raise(1, '2031-05-06T09:02Z', { noticed: [BREACHED, ...raised] })).toEqual([]);
  expect(raise(2, '2031-05-06T11:00Z', { noticed: [BREACHED, ...raised] })).toMatchObject([
    { type: 'EscalationRaised', data: { level: 2, to: 'supervisor' } },
  ]);
});
test.each([
  ['the clock stopped', '2031-05-06T10:30Z', submitted, 'clock-stopped'],
  [
    'its condition does not hold',
    '2031-05-06T10:30Z',
    { type: 'CaseEscalated', data: { to: 'sam', reason: 'loud' } },
    'condition',
  ],
  ['its due time is another one now', '2031-05-05T10:00Z', prioritised('high'), 'due-time-moved'],
] as const)('a level is passed over and says so where %s', (_, at, event, because) => {
  expect(raise(2, '2031-05-06T11:01Z', { after: [[at, event]] })).toMatchObject([
    { type: 'EscalationPassedOver', data: { level: 2, to: 'supervisor', because } },
  ]);
});
test('nothing is raised before it is due, without a breach, or beyond the rules', () => {
  expect(raise(2, '2031-05-06T10:59Z')).toMatchObject({ refused: 'escalation-not-due' });
  expect(raise(1, '2031-05-06T10:00Z', { noticed: [] })).toMatchObject({ refused: 'escalation-without-breach' });
  expect(raise(3, '2031-05-07T10:00Z')).toMatchObject({ refused: 'escalation-not-in-rules' });
});
