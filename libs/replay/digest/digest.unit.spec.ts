import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ShardDigest } from './digest.js';
import { Lines } from './fast/lines.js';

/** Of one to four bytes: the last two of these are in another order as code units than as bytes. */
const id = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom('a', 'b', 'é', '\ue000', '😀') }),
);
const anyOrder = fc.uniqueArray(fc.tuple(id, fc.nat()), { selector: ([id]) => id });
/** As most come. */
const inOrder = anyOrder.map((all) => all.toSorted(([one], [other]) => (one < other ? -1 : 1)));

test('a shard has the digest of its lines in the order of ids, by bytes, in whatever order its documents come', () => {
  const digest = new ShardDigest(new Lines());
  fc.assert(
    fc.property(fc.oneof(anyOrder, inOrder), (all) => {
      for (const [id, n] of all) digest.add(id, { n });
      const sorted = all.toSorted(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
      const lines = sorted.map(([id, n]) => `[${JSON.stringify(id)},{"n":${n}}]\n`);
      const expected = createHash('sha256').update(lines.join('')).digest('hex');
      expect(digest.take()).toBe(all.length === 0 ? undefined : expected);
    }),
  );
});
