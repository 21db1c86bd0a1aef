import { never } from '../../event-sourcing/decider.js';
import type { FieldType } from '../../event-sourcing/projection.js';
import type { Filter, Scalar } from '../../filter/filter.js';
import { type FilterTree, parseFilter } from '../../filter/parse-filter.js';
import { queryable, refuseFilter } from '../query-fields.js';
import type { CollectionShape } from '../read-store.js';
import { bound, columnOf, isPresent, type SqlValue } from './columns.js';

/** A condition and the values of its question marks. */
export interface Sql {
  readonly text: string;
  readonly values: readonly SqlValue[];
}

type Fields = Readonly<Record<string, FieldType>>;

/** A filter as a condition on columns. @throws QueryRefused if checkFilter finds a problem */
export function filterSql(filter: Filter, shape: CollectionShape): Sql {
  refuseFilter(filter, shape);
  const fields = queryable(shape);
  return sqlOf(parseFilter(filter, fields), fields);
}

const COMPARISONS = { gt: '>', gte: '>=', lt: '<', lte: '<=' };

const sqlOf = (tree: FilterTree, fields: Fields): Sql => {
  switch (tree.operator) {
    case 'and':
      return joined(tree.conditions, 'AND', 'TRUE', fields);
    case 'or':
      return joined(tree.conditions, 'OR', 'FALSE', fields);
    case 'nor': {
      // A comparison with NULL is neither true nor false, and counts as not true.
      const any = joined(tree.conditions, 'OR', 'FALSE', fields);
      return { text: `${any.text} IS NOT TRUE`, values: any.values };
    }
    case 'eq':
      return tree.value === null
        ? { text: `${columnOf(tree.field)} IS NULL`, values: [] }
        : { text: `${columnOf(tree.field)} = ?`, values: [bound(tree.value)] };
    case 'ne':
      return { text: `${columnOf(tree.field)} IS NOT ?`, values: [bound(tree.value)] };
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return { text: `${columnOf(tree.field)} ${COMPARISONS[tree.operator]} ?`, values: [tree.value] };
    case 'in':
      return among(tree.field, tree.values, fields);
    case 'nin': {
      const one = among(tree.field, tree.values, fields);
      return { text: `(${one.text}) IS NOT TRUE`, values: one.values };
    }
    case 'exists': {
      const place = Object.keys(fields).indexOf(tree.field);
      const is = tree.field === 'id' ? 'TRUE' : isPresent(place);
      return { text: tree.value ? is : `NOT ${is}`, values: [] };
    }
    default:
      return never(tree);
  }
};

const joined = (trees: readonly FilterTree[], by: 'AND' | 'OR', none: string, fields: Fields): Sql => {
  const parts = trees.map((tree) => sqlOf(tree, fields));
  return {
    text: parts.length === 0 ? none : `(${parts.map(({ text }) => text).join(` ${by} `)})`,
    values: parts.flatMap(({ values }) => values),
  };
};

const among = (field: string, wanted: readonly Scalar[], fields: Fields): Sql => {
  const column = columnOf(field);
  const values = wanted.filter((one) => one !== null).map(bound);
  const list = `(${values.map(() => '?').join(', ')})`;
  const text =
    fields[field] === 'strings'
      ? `EXISTS (SELECT 1 FROM json_each(${column}) WHERE value IN ${list})`
      : `${column} IN ${list}`;
  return wanted.includes(null) ? { text: `(${text} OR ${column} IS NULL)`, values } : { text, values };
};
