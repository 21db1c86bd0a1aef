import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isInOrder, sortById } from './id-order.js';
import { plainOrder } from './plain-order.testing.js';

/** Of one to four bytes: the last two of these are in another order as code units than as bytes. */
const id = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('a', 'b', 'é', '\ue000', '😀') }));

test('ids are sorted by their bytes', () => {
  fc.assert(
    fc.property(fc.uniqueArray(id), (ids) => {
      const sorted = sortById(ids.map((one) => [one] as const)).map(([one]) => one);
      expect(sorted).toEqual(ids.toSorted(plainOrder));
    }),
  );
});

test('of ids that are told to be in order, the bytes are', () => {
  fc.assert(
    fc.property(id, id, (one, other) => {
      if (isInOrder(one, other)) expect(plainOrder(one, other)).toBe(-1);
    }),
    { numRuns: 1_000 },
  );
});
