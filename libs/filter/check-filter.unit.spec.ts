import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkFilter, FILTER_LIMITS, problemsText } from './check-filter.js';
import { anyFilter, FIELDS } from './filter.testing.js';

const check = (filter: unknown) => checkFilter(filter, FIELDS);

describe('the check of a filter', () => {
  test('lets through every filter of the agreed form', () => {
    fc.assert(fc.property(anyFilter, (filter) => expect(check(filter)).toEqual([])));
  });

  test.each<[unknown, string, string]>([
    ['priority', '', 'A filter is an object'],
    [null, '', 'A filter is an object'],
    [[], '', 'A filter is an object'],
    [new Date(0), '', 'A filter is an object'],
    [{ colour: 'red' }, 'colour', 'There is no field "colour". The fields are team, owner,'],
    [{ 'team.name': 'a' }, 'team.name', "can't be a field's name"],
    [JSON.parse('{"__proto__": "a"}'), '__proto__', "can't be a field's name"],
    [{ constructor: 'a' }, 'constructor', "can't be a field's name"],
    [{ toString: { $exists: true } }, 'toString', "can't be a field's name"],
    [{ $where: 'return true' }, '$where', 'There is no operator "$where" here. Use $and, $or, $nor.'],
    [{ team: { $regex: '^a' } }, 'team.$regex', 'There is no operator "$regex" here'],
    [{ team: { name: 'a' } }, 'team.name', 'There is no operator "name" here'],
    [{ team: {} }, 'team', 'Say what team must be'],
    [{ team: undefined }, 'team', 'The condition is missing'],
    [{ team: 1 }, 'team', 'must be text, not 1'],
    [{ team: ['a'] }, 'team', 'must be text, not ["a"]'],
    [{ team: { $in: 'a' } }, 'team.$in', 'takes a list'],
    [{ team: { $in: ['a', 1] } }, 'team.$in[1]', 'must be text, not 1'],
    [{ team: 'a\0b' }, 'team', 'must be text'],
    [{ priority: 1.5 }, 'priority', 'must be a whole number, not 1.5'],
    [{ priority: '1' }, 'priority', 'must be a whole number, not "1"'],
    [{ amount: NaN }, 'amount', 'must be a number, not NaN'],
    [{ amount: { $gt: Infinity } }, 'amount.$gt', 'must be a number, not Infinity'],
    [{ amount: { $gt: null } }, 'amount.$gt', '$gt takes a number, not null'],
    [{ open: 'true' }, 'open', 'must be true or false'],
    [{ open: { $gt: false } }, 'open.$gt', 'has no meaning'],
    [{ open: { $exists: 1 } }, 'open.$exists', 'takes true or false'],
    [{ dueAt: '2031-05-05' }, 'dueAt', 'must be an instant such as 2031-05-05T09:00:00.000Z'],
    [{ dueAt: { $lt: '2031-02-30T09:00:00.000Z' } }, 'dueAt.$lt', 'must be an instant'],
    [{ tags: 'vip' }, 'tags', 'Only $in and $nin search a list'],
    [{ tags: { $gt: 'a' } }, 'tags.$gt', 'has no meaning'],
    [{ $or: [] }, '$or', 'at least one filter'],
    [{ $or: { team: 'a' } }, '$or', 'a list of at least one filter'],
    [{ $or: [{ team: 'a' }, { $and: [{ priority: { $gt: 'x' } }] }] }, '$or[1].$and[0].priority.$gt', 'whole number'],
  ])('%j is refused at %j', (filter, path, message) => {
    expect(check(filter)).toEqual([{ path, message: expect.stringContaining(message) }]);
  });

  test('names every problem at once', () => {
    expect(check({ team: 1, colour: 2, $nor: [{ open: 3 }] }).map(({ path }) => path)).toEqual([
      'team',
      'colour',
      '$nor[0].open',
    ]);
    expect(problemsText(check({ team: 1, open: 2 }))).toBe(
      'team: The value must be text, not 1. open: The value must be true or false, not 2.',
    );
  });

  test('a filter that is too deep is refused, however deep', () => {
    const nested = (depth: number): object => (depth === 1 ? { team: 'a' } : { $and: [nested(depth - 1)] });
    expect(check(nested(FILTER_LIMITS.depth))).toEqual([]);
    expect(check(nested(FILTER_LIMITS.depth + 1))).toMatchObject([
      { message: expect.stringContaining('nests at most') },
    ]);
    expect(check(nested(5_000))).toHaveLength(1);
  });

  test('a filter that is too large is refused', () => {
    const many = { $or: Array.from({ length: 150 }, () => ({ team: 'a', owner: 'b' })) };
    expect(check(many)).toMatchObject([{ path: '', message: expect.stringContaining('at most 200 conditions') }]);
    const empty = { $or: Array.from({ length: 101 }, () => ({})) };
    expect(check({ $and: [empty, empty] })).toMatchObject([
      { path: '', message: expect.stringContaining('at most 200 conditions') },
    ]);
    expect(check({ team: { $in: Array.from({ length: 1_001 }, String) } })).toMatchObject([
      { message: expect.stringContaining('at most 1000 values') },
    ]);
    expect(check({ team: 'a'.repeat(1_001) })).toMatchObject([{ message: expect.stringContaining('1000 characters') }]);
  });

  test('without fields any name and any scalar will do', () => {
    expect(checkFilter({ colour: 'red', size: { $gt: 3 }, sold: { $in: [true, null] } })).toEqual([]);
    expect(checkFilter({ colour: { $regex: 'r' } })).toHaveLength(1);
  });
});
