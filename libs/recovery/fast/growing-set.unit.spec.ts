import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { GrowingSet } from './growing-set.js';

const VALUES = ['a', 'b', 'c', 'd'];
const additions = fc.array(fc.record({ to: fc.nat(), value: fc.constantFrom(...VALUES) }), { maxLength: 12 });

test('each state holds what a copied set would, however states grow from it', () => {
  fc.assert(
    fc.property(additions, (added) => {
      const states = [{ grown: GrowingSet.empty, plain: new Set<string>() }];
      for (const { to, value } of added) {
        const from = states[to % states.length];
        if (from) states.push({ grown: from.grown.with(value), plain: new Set([...from.plain, value]) });
      }
      for (const { grown, plain } of states) {
        expect(grown.size).toBe(plain.size);
        expect(VALUES.filter((value) => grown.has(value))).toEqual(VALUES.filter((value) => plain.has(value)));
      }
    }),
  );
});
