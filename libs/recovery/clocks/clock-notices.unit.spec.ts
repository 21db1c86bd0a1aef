import { expect, test } from '@jest/globals';
import type { Recorded } from '../../event-sourcing/event.js';
import type { ClockEvent } from './clock-events.js';
import { clockDecider, type ClockCommand } from './clock-notices.js';

const notice = {
  case: 'k1',
  target: 'resolve',
  cycle: 1,
  dueAt: '2031-05-05T12:00:00.000Z',
  ruleSet: 'abc',
  timeZoneData: '2030a',
} as const;
const warning = { type: 'RecordTargetWarning', ...notice, remainingMs: 3_600_000 } as const;
const breach = { type: 'RecordTargetBreach', ...notice } as const;
const warned: ClockEvent = { type: 'TargetWarned', data: { ...notice, remainingMs: 3_600_000 } };
const breached: ClockEvent = { type: 'TargetBreached', data: notice };
const decide = (command: ClockCommand, now: string, ...history: ClockEvent[]) =>
  clockDecider.decide(
    command,
    history.reduce(
      (state, event) => clockDecider.evolve(state, event as Recorded<ClockEvent>),
      clockDecider.initialState,
    ),
    { now, actor: { id: 'timekeeper', role: 'system' }, commandId: 'c' },
  );

test('a warning is recorded before due, once for a due time', () => {
  expect(decide(warning, '2031-05-05T11:00:00.000Z')).toEqual([warned]);
  expect(decide(warning, '2031-05-05T11:00:00.000Z', warned)).toEqual([]);
  expect(decide(warning, '2031-05-05T12:00:00.000Z')).toMatchObject({ refused: 'warning-too-late' });
});
test('a breach is recorded once due, once for a due time', () => {
  expect(decide(breach, '2031-05-05T12:00:00.000Z', warned)).toEqual([breached]);
  expect(decide(breach, '2031-05-05T12:00:00.000Z', breached)).toEqual([]);
  expect(decide(breach, '2031-05-05T11:59:59.999Z')).toMatchObject({ refused: 'not-due-yet' });
});
test('a due time that moved gets its own notices, and so does another cycle or another reply', () => {
  const moved = { ...breach, dueAt: '2031-05-06T12:00:00.000Z' };
  expect(decide(moved, '2031-05-06T12:00:00.000Z', breached)).toHaveLength(1);
  expect(decide({ ...breach, cycle: 2 }, '2031-05-06T12:00:00.000Z', breached)).toHaveLength(1);
  expect(decide({ ...breach, reply: 2 }, '2031-05-06T12:00:00.000Z', breached)).toHaveLength(1);
});
