import { expect, test } from '@jest/globals';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { sameDocument } from './same-document.js';

const plainSame = (one: unknown, other: unknown): boolean => canonicalize(one) === canonicalize(other);

const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(null, true, 0, 1, '', 'a'),
    fc.array(tie('value'), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom('a', 'b', '0'), tie('value'), { maxKeys: 2 }),
  ),
}));

test('two documents say the same where nothing in them differs', () => {
  fc.assert(
    fc.property(value, value, (one, other) => {
      expect(sameDocument(one, other)).toBe(plainSame(one, other));
      expect(sameDocument(one, JSON.parse(JSON.stringify(one)))).toBe(true);
    }),
    { numRuns: 5_000 },
  );
});
