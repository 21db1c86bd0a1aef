import { describe, expect, test } from '@jest/globals';
import { advanceClocks } from './case-clocks.js';
import { asOf, booksOf, fold, record, RESOLVE, rulesOf } from './case-clocks.testing.js';
import {
  approved,
  merged,
  noted,
  opened,
  paused,
  prioritised,
  reopened,
  resumed,
  submitted,
} from './case-clocks.testing.js';
import type { Happened } from './case-clocks.testing.js';

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

  test('under reported-only has nothing computed, and a source has its say beside it', () => {
    const books = booksOf([null, rulesOf([{ id: 'timely', title: 'Timely', reportedOnly: 'no date of the answer' }])]);
    const said = { type: 'VerdictReported', data: { target: 'timely', verdict: 'missed', field: 'timely' } } as const;
    expect(fold(books, MON9, ['2031-05-05T10:00Z', said])).toMatchObject({
      clocks: [],
      reported: { timely: 'missed' },
    });
  });
});
