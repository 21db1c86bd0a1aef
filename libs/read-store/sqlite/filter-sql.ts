import { never } from '../../event-sourcing/decider.js';
import type { Filter, Scalar } from '../../filter/filter.js';
import { type FilterTree, parseFilter } from '../../filter/parse-filter.js';
import { queryable, refuseFilter } from '../query-fields.js';
import type { CollectionShape } from '../read-store.js';
import { bound, columnOf, isPresent, type SqlValue, tableOf } from './columns.js';

/** A condition and the values of its question marks. */
export interface Sql {
  readonly text: string;
  readonly values: readonly SqlValue[];
}

type Of = Pick<CollectionShape, 'name' | 'fields' | 'idBegins'>;

/** A filter as a condition on columns. @throws QueryRefused if checkFilter finds a problem */
export function filterSql(filter: Filter, shape: CollectionShape): Sql {
  refuseFilter(filter, shape);
  const fields = queryable(shape);
  return sqlOf(parseFilter(filter, fields), { ...shape, fields });
}

const COMPARISONS = { gt: '>', gte: '>=', lt: '<', lte: '<=' };

const sqlOf = (tree: FilterTree, of: Of): Sql => {
  switch (tree.operator) {
    case 'and':
      return joined(tree.conditions, 'AND', 'TRUE', of);
    case 'or':
      return joined(tree.conditions, 'OR', 'FALSE', of);
    case 'nor': {
      // A comparison with NULL is neither true nor false, and counts as not true.
      const any = joined(tree.conditions, 'OR', 'FALSE', of);
      return { text: `${any.text} IS NOT TRUE`, values: any.values };
    }
    case 'eq':
      return tree.value === null
        ? { text: `${columnOf(tree.field)} IS NULL`, values: [] }
        : foundById(tree.field, [tree.value], of, { text: `${columnOf(tree.field)} = ?`, values: [bound(tree.value)] });
    case 'ne':
      return { text: `${columnOf(tree.field)} IS NOT ?`, values: [bound(tree.value)] };
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return { text: `${columnOf(tree.field)} ${COMPARISONS[tree.operator]} ?`, values: [tree.value] };
    case 'in':
      return among(tree.field, tree.values, of);
    case 'nin': {
      const one = among(tree.field, tree.values, of);
      return { text: `(${one.text}) IS NOT TRUE`, values: one.values };
    }
    case 'exists': {
      const place = Object.keys(of.fields).indexOf(tree.field);
      const is = tree.field === 'id' ? 'TRUE' : isPresent(place);
      return { text: tree.value ? is : `NOT ${is}`, values: [] };
    }
    default:
      return never(tree);
  }
};

const joined = (trees: readonly FilterTree[], by: 'AND' | 'OR', none: string, of: Of): Sql => {
  const parts = trees.map((tree) => sqlOf(tree, of));
  return {
    text: parts.length === 0 ? none : `(${parts.map(({ text }) => text).join(` ${by} `)})`,
    values: parts.flatMap(({ values }) => values),
  };
};

const among = (field: string, wanted: readonly Scalar[], of: Of): Sql => {
  const column = columnOf(field);
  const values = wanted.filter((one) => one !== null).map(bound);
  const list = `(${values.map(() => '?').join(', ')})`;
  const text =
    of.fields[field] === 'strings'
      ? `EXISTS (SELECT 1 FROM json_each(${column}) WHERE value IN ${list})`
      : `${column} IN ${list}`;
  return wanted.includes(null)
    ? { text: `(${text} OR ${column} IS NULL)`, values }
    : foundById(field, values, of, { text, values });
};

/** Where ids begin with a field's value, the index of ids leads to it: ';' is the character after ':'. */
const foundById = (field: string, values: readonly Scalar[], { name, idBegins }: Of, sql: Sql): Sql =>
  field !== idBegins
    ? sql
    : {
        text: `(${sql.text} AND id IN (SELECT one.id FROM json_each(?) AS begin
          CROSS JOIN ${tableOf(name)} AS one WHERE one.id > begin.value || ':' AND one.id < begin.value || ';'))`,
        values: [...sql.values, JSON.stringify(values)],
      };
