import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { advanceClocks, type CaseClocks } from '../../recovery/clocks/case-clocks.js';
import {
  approved,
  booksOf,
  noted,
  opened,
  paused,
  prioritised,
  record,
  RESOLVE,
  resumed,
  rulesOf,
  submitted,
} from '../../recovery/clocks/case-clocks.testing.js';
import type { RecordedEvent } from '../../recovery/history.js';
import { Remembered } from './remembered.js';

const books = booksOf([null, rulesOf([RESOLVE])]);

const plainClocks = (from: CaseClocks | undefined, event: RecordedEvent) => advanceClocks(from, event, books);

const CASES = ['c-1', 'c-2', 'c-3'].map((id) => `case-${id}`);
const LATER = [prioritised('high'), paused, resumed, submitted, approved, noted];
const history = (stream: string) =>
  fc.array(fc.constantFrom(...LATER), { maxLength: 6 }).map((later) =>
    record(
      [opened(), ...later].map((event, hour) => [`2031-05-05T${10 + hour}:00:00Z`, event]),
      stream,
    ),
  );

/** A read model folds some of the cases one after another, and may leave out an event as one that was corrected. */
const folds = fc.array(
  fc.array(fc.record({ of: fc.nat(CASES.length - 1), without: fc.option(fc.integer({ min: 1, max: 6 })) }), {
    maxLength: 4,
  }),
  { minLength: 1, maxLength: 6 },
);

test('clocks are the same whatever was asked before, and by whom', () => {
  fc.assert(
    fc.property(fc.tuple(...CASES.map(history)), folds, (histories, all) => {
      const remembered = new Remembered(plainClocks);
      for (const { of, without } of all.flat()) {
        const events = (histories[of] ?? []).filter((_, at) => at !== without);
        let [clocks, plain]: (CaseClocks | undefined)[] = [];
        for (const event of events) {
          clocks = remembered.after(clocks, event);
          plain = plainClocks(plain, event);
          expect(clocks).toEqual(plain);
        }
      }
    }),
    { numRuns: 200 },
  );
});

test('what one read model asked, another is given and nothing is worked out again', () => {
  const remembered = new Remembered(plainClocks);
  const [first] = record([['2031-05-05T10:00:00Z', opened()]]);
  if (!first) throw new Error('There is no event.');
  expect(remembered.after(undefined, first)).toBe(remembered.after(undefined, first));
});
