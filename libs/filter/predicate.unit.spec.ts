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

  test('text is in the order in which the stores have it: of its UTF-8 bytes', () => {
    expect(passes({ owner: { $gt: '\uff5e' } }, { owner: '\u{1f600}' })).toBe(true);
    expect(passes({ owner: { $lt: '\u{1f600}' } }, { owner: '\uff5e' })).toBe(true);
    const unit = fc.constantFrom('a', 'z', '\u00e9', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}');
    const text = fc.string({ unit, maxLength: 3 });
    fc.assert(
      fc.property(text, text, (owner, bound) => {
        const order = Buffer.compare(Buffer.from(owner), Buffer.from(bound));
        expect(
          ['$gt', '$gte', '$lt', '$lte'].map((operator) => passes({ owner: { [operator]: bound } }, { owner })),
        ).toEqual([order > 0, order >= 0, order < 0, order <= 0]);
      }),
      { numRuns: 1_000 },
    );
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
