import { expect, test } from '@jest/globals';
import {
  booksOf,
  fold,
  opened,
  prioritised,
  RESOLVE,
  rulesOf,
} from '../../../libs/recovery/clocks/case-clocks.testing.js';
import { verdictOf } from '../../../libs/recovery/clocks/clock-times.js';
import { explainClock } from '../../../libs/recovery/clocks/explain-clock.js';
import { auditText } from './audit-text.js';

const at = '2031-05-07T12:00:00.000Z';

/** What the audit says of a case that got another priority after its first goal was broken. */
const audited = (...goals: readonly [high: string, normal: string]): Promise<string> => {
  const [high, normal] = goals;
  const target = { ...RESOLVE, goals: [{ when: { priority: 'high' }, within: high }, { within: normal }] };
  const books = booksOf([null, rulesOf([target])]);
  const { clocks } = fold(books, ['2031-05-05T10:00Z', opened('high')], ['2031-05-07T10:00Z', prioritised('normal')]);
  return auditText({
    ...{ case: 'c-1', reference: null, programme: 'care', knownAt: null, at, events: [], reported: {}, rules: [] },
    clocks: clocks.map((clock) => ({
      ...explainClock(clock, 'care', books, { at, timeZoneData: '2031a' }),
      verdict: verdictOf(clock, at),
      reported: null,
    })),
  });
};

test('a goal in working days is shown as it was written, beside the working time that it came to', async () => {
  const text = await audited('1wd', '3wd');
  expect(text).toContain('goal       3wd, which came to 24.00 h in calendar office (Etc/UTC, zones 2031a)');
  expect(text).toContain('missed     2031-05-06T10:00:00.000Z, by a goal of 1wd, which came to 8.00 h, changed later');
});

test('a goal in hours is shown in hours', async () => {
  const text = await audited('4h', '1h30m');
  expect(text).toContain('goal       1.50 h in calendar office');
  expect(text).toContain('by a goal of 4.00 h, changed later');
});
