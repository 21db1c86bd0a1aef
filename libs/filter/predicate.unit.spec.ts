import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Query } from 'mingo';
import { checkFilter } from './check-filter.js';
import type { Filter } from './filter.js';
import { anyDocument, anyFilter, FIELDS } from './filter.testing.js';
import { FilterRefused } from './parse-filter.js';
import { compileFilter } from './predicate.js';

const passes = (filter: Filter, document: object): boolean => compileFilter(filter)(document);

describe('a compiled filter', () => {
  test('answers as mingo does, on random filters and documents', () => {
    fc.assert(
      fc.property(anyFilter, fc.array(anyDocument, { minLength: 1, maxLength: 20 }), (filter, documents) => {
        expect(checkFilter(filter, FIELDS)).toEqual([]);
        const predicate = compileFilter(filter);
        const oracle = new Query(filter);
        expect(documents.map((document) => predicate(document))).toEqual(
          documents.map((document) => oracle.test(document)),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  test('an empty filter is met by every document', () => {
    expect(passes({}, {})).toBe(true);
  });

  test('null is met by null and by a missing field', () => {
    expect([{}, { owner: null }, { owner: 'ana' }].map((document) => passes({ owner: null }, document))).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('order holds only between values of one type', () => {
    expect(passes({ priority: { $gt: 1 } }, { priority: '2' })).toBe(false);
    expect(passes({ priority: { $lt: '2' } }, { priority: 1 })).toBe(false);
    expect(passes({ priority: { $lte: 2 } }, { priority: null })).toBe(false);
  });

  test('a list is met by any of its members', () => {
    expect(passes({ tags: { $in: ['vip', 'press'] } }, { tags: ['new', 'vip'] })).toBe(true);
    expect(passes({ tags: { $nin: ['vip'] } }, { tags: ['new', 'vip'] })).toBe(false);
    expect(passes({ tags: { $nin: ['vip'] } }, {})).toBe(true);
  });

  test.each(['$where', '$regex', '$expr', '$function', '$not', '$elemMatch'])('%s is refused', (operator) => {
    expect(() => compileFilter({ [operator]: 'return true' })).toThrow(FilterRefused);
    expect(() => compileFilter({ owner: { [operator]: 'return true' } } as Filter)).toThrow(FilterRefused);
  });
});
