import { expect, test } from '@jest/globals';
import type { Recorded } from '../../event-sourcing/event.js';
import type { RecordedEvent } from '../history.js';
import { booksOf, opened, paused, prioritised, record, RESOLVE, rulesOf, submitted } from './case-clocks.testing.js';
import type { Happened } from './case-clocks.testing.js';
import type { ClockEvent } from './clock-events.js';
import { clockDecider, type ClockCommand } from './clock-notices.js';
import { standingClocks } from './standing-clocks.js';

/** Due at the end of Monday, breached with the first working instant after it. */
const BOOKS = booksOf([null, rulesOf([RESOLVE])]);
const OPENED: readonly Happened[] = [['2031-05-05T09:00Z', opened()]];
const DUE = '2031-05-05T17:00:00.000Z';
const TUESDAY = '2031-05-06T09:00:00.000Z';
const [WARNING, BREACH] = (['RecordTargetWarning', 'RecordTargetBreach'] as const).map((type): ClockCommand => ({
  ...{ type, case: 'c-1', target: 'resolve', cycle: 1, dueAt: DUE, timeZoneData: '2030a' },
})) as [ClockCommand, ClockCommand];

interface Given {
  readonly now: string;
  readonly history?: readonly RecordedEvent[];
  readonly noticed?: readonly ClockEvent[];
}
const decide = (command: ClockCommand, { now, history = record(OPENED), noticed = [] }: Given) =>
  clockDecider.decide(
    command,
    noticed.reduce(
      (state, event) => clockDecider.evolve(state, event as Recorded<ClockEvent>),
      clockDecider.initialState,
    ),
    {
      now: new Date(now).toISOString(),
      actor: { id: 'timekeeper', role: 'system' },
      commandId: 'c',
      clocks: standingClocks(history, BOOKS),
    },
  );
const done = (command: ClockCommand, given: Given): readonly ClockEvent[] => {
  const decision = decide(command, given);
  if ('refused' in decision) throw new Error(decision.because);
  return decision;
};

test('a warning says how much is left when it is noticed, once for a due time', () => {
  const given = { now: '2031-05-05T16:20Z' };
  const warned = done(WARNING, given);
  const ruleSet = BOOKS.at('care', DUE)?.hash;
  const notice = { case: 'c-1', target: 'resolve', cycle: 1, dueAt: DUE, ruleSet, timeZoneData: '2030a' };
  expect(warned).toEqual([
    {
      type: 'TargetWarned',
      data: {
        ...notice,
        noticedAt: '2031-05-05T16:20:00.000Z',
        warnAt: '2031-05-05T16:00:00.000Z',
        remainingMs: 40 * 60_000,
      },
    },
  ]);
  expect(decide(WARNING, { ...given, noticed: warned })).toEqual([]);
  expect(decide(WARNING, { now: '2031-05-05T15:59Z' })).toMatchObject({ refused: 'warning-not-due' });
  expect(decide(WARNING, { now: '2031-05-05T17:00Z' })).toMatchObject({ refused: 'warning-too-late' });
});
test('a breach is recorded after the first working instant at or after due, once for a due time', () => {
  expect(decide(BREACH, { now: '2031-05-05T23:00Z' })).toMatchObject({ refused: 'not-due-yet' });
  expect(decide(BREACH, { now: TUESDAY })).toMatchObject({ refused: 'not-due-yet' });
  const given = { now: '2031-05-06T09:00:00.001Z' };
  const breached = done(BREACH, given);
  expect(breached).toMatchObject([{ type: 'TargetBreached', data: { dueAt: DUE, breachedFrom: TUESDAY } }]);
  expect(decide(BREACH, { ...given, noticed: breached })).toEqual([]);
});
test('nothing is recorded at a due time that moved: each has its own notices', () => {
  const high = record([...OPENED, ['2031-05-05T10:00Z', prioritised('high')]]);
  expect(decide(BREACH, { now: '2031-05-07T09:00Z', history: high })).toMatchObject({ refused: 'due-time-moved' });
  const moved = { ...BREACH, dueAt: '2031-05-05T13:00:00.000Z' };
  expect(decide(moved, { now: '2031-05-05T13:01Z', history: high })).toHaveLength(1);
  const held = record([...OPENED, ['2031-05-05T10:00Z', paused]]);
  expect(decide(BREACH, { now: '2031-05-07T09:00Z', history: held })).toMatchObject({ refused: 'due-time-moved' });
});
test('a due time that turns out to be earlier than one that was noticed is no news, a later one is', () => {
  const breached = done(BREACH, { now: '2031-05-06T10:00Z' });
  const high = record([['2031-05-05T09:00Z', opened('high')]]);
  const earlier = { ...BREACH, dueAt: '2031-05-05T13:00:00.000Z' };
  expect(decide(earlier, { now: '2031-05-06T11:00Z', history: high, noticed: breached })).toEqual([]);
  const later = { ...BREACH, dueAt: '2031-05-07T09:00:00.000Z' };
  const late = record([['2031-05-06T09:00Z', opened()]]);
  expect(
    decide(
      { ...later, dueAt: '2031-05-06T17:00:00.000Z' },
      { now: '2031-05-07T10:00Z', history: late, noticed: breached },
    ),
  ).toHaveLength(1);
});
test('a clock that stopped late was broken, one that stopped in time was not', () => {
  const given = (at: string): Given => ({ now: '2031-05-07T10:00Z', history: record([...OPENED, [at, submitted]]) });
  expect(decide(BREACH, given('2031-05-06T09:30Z'))).toHaveLength(1);
  expect(decide(BREACH, given('2031-05-05T16:30Z'))).toMatchObject({ refused: 'clock-kept' });
  expect(decide(WARNING, given('2031-05-05T15:30Z'))).toMatchObject({ refused: 'clock-stopped' });
});
test('what fell due before a file told of the case is not noticed, and neither is a clock that is not there', () => {
  const [told] = record(OPENED);
  const imported = [{ ...told, imported: true, recordedAt: '2031-06-01T00:00:00.000Z' } as RecordedEvent];
  expect(decide(BREACH, { now: '2031-06-02T10:00Z', history: imported })).toMatchObject({
    refused: 'due-before-import',
  });
  const other = { ...BREACH, target: 'answer' } as ClockCommand;
  expect(decide(other, { now: '2031-05-07T10:00Z' })).toMatchObject({ refused: 'clock-not-there' });
  expect(decide(BREACH, { now: '2031-05-07T10:00Z', history: [] })).toMatchObject({ refused: 'clock-not-there' });
});
