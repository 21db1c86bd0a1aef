import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ShardDigest } from './digest.js';
import { Lines } from './lines.js';

const documents = fc.uniqueArray(fc.tuple(fc.string({ unit: 'grapheme' }), fc.nat()), { selector: ([id]) => id });

test('a shard has the digest of its lines in the order of ids, by bytes, in whatever order its documents come', () => {
  const digest = new ShardDigest(new Lines());
  fc.assert(
    fc.property(documents, (all) => {
      for (const [id, n] of all) digest.add(id, { n });
      const sorted = all.toSorted(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
      const lines = sorted.map(([id, n]) => `[${JSON.stringify(id)},{"n":${n}}]\n`);
      const expected = createHash('sha256').update(lines.join('')).digest('hex');
      expect(digest.take()).toBe(all.length === 0 ? undefined : expected);
    }),
  );
});
