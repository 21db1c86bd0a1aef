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

test('what goes the way that another went copies nothing, and what leaves it copies once', () => {
  const hundred = Array.from({ length: 100 }, (_, n) => `v${n}`).reduce(
    (set, value) => set.with(value),
    GrowingSet.empty,
  );
  let copies = 0;
  const iterate = Object.getOwnPropertyDescriptor(Map.prototype, Symbol.iterator) ?? {};
  const counted = function (this: Map<unknown, unknown>): unknown {
    copies++;
    return this.entries();
  };
  Object.defineProperty(Map.prototype, Symbol.iterator, { ...iterate, value: counted });
  const decided = hundred.with('x').with('y');
  const stored = hundred.with('x').with('y').with('z');
  const [same, other] = [copies, hundred.with('other')];
  Object.defineProperty(Map.prototype, Symbol.iterator, iterate);
  expect([same, copies]).toEqual([0, 1]);
  expect([decided.size, stored.size, other.size]).toEqual([102, 103, 101]);
  expect([decided.has('z'), stored.has('z'), other.has('x'), other.has('other')]).toEqual([false, true, false, true]);
});
