import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { TargetRule } from '../rules/rule-set.js';
import {
  booksOf,
  fold,
  opened,
  paused,
  prioritised,
  RESOLVE,
  resumed,
  rulesOf,
  submitted,
} from './case-clocks.testing.js';
import type { Happened } from './case-clocks.testing.js';

const HOUR = 3_600_000;
const OFFICE = ['09:00-17:00'];
// 2031-05-05 is a Monday; Fridays are short, and Tuesday the 13th is a holiday.
const calendars = {
  office: {
    zone: 'Etc/UTC',
    hours: { mon: OFFICE, tue: OFFICE, wed: OFFICE, thu: OFFICE, fri: ['09:00-13:00'] },
    holidays: ['2031-05-13'],
  },
};
const days = (within: string, more: Partial<TargetRule> = {}) =>
  booksOf([null, rulesOf([{ ...RESOLVE, goals: [{ within }], ...more }], { calendars })]);
const clockOf = (books: ReturnType<typeof days>, ...history: Happened[]) => fold(books, ...history).clocks[0];

describe('a goal in working days', () => {
  test.each([
    ['2031-05-05T10:00Z', '1wd', '2031-05-06T10:00:00.000Z'],
    ['2031-05-08T15:00Z', '1wd', '2031-05-09T13:00:00.000Z'],
    ['2031-05-08T15:00Z', '2wd', '2031-05-12T15:00:00.000Z'],
    ['2031-05-12T15:00Z', '1wd', '2031-05-14T15:00:00.000Z'],
    ['2031-05-10T12:00Z', '1wd', '2031-05-12T17:00:00.000Z'],
  ])('from %s, %s is due at the same local time, or at the end of a shorter day: %s', (start, within, due) => {
    const clock = clockOf(days(within), [start, opened()]);
    expect(clock).toMatchObject({ originalDueAt: due, dueAt: due });
  });

  test('that ends before a day begins is due as work stops the evening before', () => {
    expect(clockOf(days('1wd'), ['2031-05-05T07:00Z', opened()])).toMatchObject({
      dueAt: '2031-05-05T17:00:00.000Z',
      breachedFrom: '2031-05-06T09:00:00.000Z',
    });
  });

  test('is kept as it was written, also where it was broken before it changed', () => {
    expect(clockOf(days('1wd'), ['2031-05-05T10:00Z', opened()])).toMatchObject({ within: '1wd', goalMs: 8 * HOUR });
    const goals = [{ when: { priority: 'high' }, within: '1wd' }, { within: '2wd' }];
    const late: Happened[] = [
      ['2031-05-05T10:00Z', opened('high')],
      ['2031-05-07T10:00Z', prioritised('normal')],
    ];
    expect(clockOf(days('1wd', { goals }), ...late)).toMatchObject({ within: '2wd', missed: { within: '1wd' } });
  });

  test('written in other words is another goal of the same length', () => {
    const books = booksOf(
      [null, rulesOf([{ ...RESOLVE, goals: [{ within: '8h' }] }], { calendars })],
      ['2031-05-05T12:00Z', rulesOf([{ ...RESOLVE, goals: [{ within: '1wd' }] }], { calendars })],
    );
    const clock = clockOf(books, ['2031-05-05T10:00Z', opened()], ['2031-05-05T13:00Z', prioritised('high')]);
    expect(clock).toMatchObject({ within: '1wd', goalMs: 8 * HOUR });
  });

  test('is met at its due time and missed after it', () => {
    const at = (stop: string) => clockOf(days('2wd'), ['2031-05-08T15:00Z', opened()], [stop, submitted]);
    expect(at('2031-05-12T15:00Z')).toMatchObject({ met: true, goalMs: 12 * HOUR, workingMs: 12 * HOUR });
    expect(at('2031-05-12T15:01Z')).toMatchObject({ met: false });
  });

  test('is moved by a pause by the working time that it overlaps, as a goal in hours is', () => {
    const held = (from: string, to: string) =>
      clockOf(days('1wd'), ['2031-05-05T10:00Z', opened()], [from, paused], [to, resumed]);
    expect(held('2031-05-05T12:00Z', '2031-05-05T14:00Z')).toMatchObject({ dueAt: '2031-05-06T12:00:00.000Z' });
    expect(held('2031-05-05T12:00Z', '2031-05-06T12:00Z')).toMatchObject({ dueAt: '2031-05-07T10:00:00.000Z' });
    expect(held('2031-05-05T18:00Z', '2031-05-06T08:00Z')).toMatchObject({ dueAt: '2031-05-06T10:00:00.000Z' });
  });

  test('is due after all pauses where a goal of as much working time is', () => {
    const hour = fc
      .integer({ min: 0, max: 200 })
      .map((n) => new Date(Date.parse('2031-05-05T09:00Z') + n * HOUR).toISOString());
    fc.assert(
      fc.property(hour, fc.array(hour, { maxLength: 6 }), fc.integer({ min: 1, max: 6 }), (start, cuts, n) => {
        const pauses = cuts
          .filter((cut) => cut > start)
          .toSorted()
          .map((cut, i): Happened => [cut, i % 2 === 0 ? paused : resumed]);
        const inDays = clockOf(days(`${n}wd`), [start, opened()], ...pauses);
        const inTime = clockOf(days(`${(inDays?.goalMs ?? 0) / 1_000}s`), [start, opened()], ...pauses);
        expect({ ...inDays, ruleSet: '', within: '' }).toEqual({ ...inTime, ruleSet: '', within: '' });
      }),
    );
  });

  test('begins again from the new start under restart, and counts from the old one under keep', () => {
    const goals = [{ when: { priority: 'high' }, within: '1wd' }, { within: '2wd' }];
    const raised = (retarget: 'keep' | 'restart') =>
      clockOf(
        days('1wd', { goals, retarget }),
        ['2031-05-05T10:00Z', opened()],
        ['2031-05-05T12:00Z', prioritised('high')],
      );
    expect(raised('keep')).toMatchObject({ dueAt: '2031-05-06T10:00:00.000Z' });
    expect(raised('restart')).toMatchObject({ dueAt: '2031-05-06T12:00:00.000Z' });
  });
});

describe('a warning in working days', () => {
  test.each([
    ['3wd', '1wd', '2031-05-07T15:00Z', '2031-05-09T13:00:00.000Z'],
    ['2wd', '1wd', '2031-05-05T10:00Z', '2031-05-06T10:00:00.000Z'],
    ['2wd', '2h', '2031-05-05T10:00Z', '2031-05-06T16:00:00.000Z'],
    ['20h', '1wd', '2031-05-05T10:00Z', '2031-05-06T14:00:00.000Z'],
    ['4h', '3wd', '2031-05-05T10:00Z', '2031-05-05T10:00:00.000Z'],
  ])('of a goal of %s comes %s before it is due: from %s at %s', (within, warnBefore, start, warnAt) => {
    expect(clockOf(days(within, { warnBefore }), [start, opened()])).toMatchObject({ warnAt });
  });
});
