import { never } from '../../event-sourcing/decider.js';
import type { Filter, Scalar } from '../../filter/filter.js';
import { type FilterTree, parseFilter } from '../../filter/parse-filter.js';
import { queryable, refuseFilter } from '../query-fields.js';
import type { CollectionShape } from '../read-store.js';
import { storedName } from './stored.js';

type Expression = Readonly<Record<string, unknown>> | boolean;

/**
 * A filter as an expression, for counting inside a group. Expressions sort null and missing before all other values, so
 * comparisons exclude null.
 * @throws QueryRefused if checkFilter finds a problem
 */
export function filterExpression(filter: Filter, shape: CollectionShape): Expression {
  refuseFilter(filter, shape);
  return expressionOf(parseFilter(filter, queryable(shape)), shape);
}

const expressionOf = (tree: FilterTree, shape: CollectionShape): Expression => {
  const all = (trees: readonly FilterTree[]): Expression[] => trees.map((one) => expressionOf(one, shape));
  switch (tree.operator) {
    case 'and':
      return { $and: all(tree.conditions) };
    case 'or':
      return { $or: all(tree.conditions) };
    case 'nor':
      return { $not: [{ $or: all(tree.conditions) }] };
    case 'eq':
      return equal(tree.field, tree.value);
    case 'ne':
      return { $not: [equal(tree.field, tree.value)] };
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte': {
      const value = orNull(tree.field);
      return { $and: [{ $ne: [value, null] }, { [`$${tree.operator}`]: [value, { $literal: tree.value }] }] };
    }
    case 'in':
      return among(tree.field, tree.values, shape);
    case 'nin':
      return { $not: [among(tree.field, tree.values, shape)] };
    case 'exists':
      return tree.value ? has(tree.field) : { $not: [has(tree.field)] };
    default:
      return never(tree);
  }
};

const orNull = (field: string): Expression => ({ $ifNull: [`$${storedName(field)}`, null] });

/** Present, even if null. */
const has = (field: string): Expression => ({
  $in: [{ $literal: storedName(field) }, { $map: { input: { $objectToArray: '$$ROOT' }, in: '$$this.k' } }],
});

const equal = (field: string, value: Scalar): Expression => ({ $eq: [orNull(field), { $literal: value }] });

const among = (field: string, values: readonly Scalar[], { fields }: CollectionShape): Expression => {
  if (fields[field] !== 'strings') return { $or: values.map((value) => equal(field, value)) };
  const list = { $ifNull: [`$${storedName(field)}`, []] };
  return {
    $or: values.map((value) => (value === null ? equal(field, null) : { $in: [{ $literal: value }, list] })),
  };
};
