import { sortable, refuseDuplicateNames, refuseNonNumeric } from '../query-fields.js';
import type { CollectionShape, Group, GroupQuery } from '../read-store.js';
import { columnOf, type SqlValue, tableOf, unbound } from './columns.js';
import { filterSql } from './filter-sql.js';

/** Groups sort by their keys. @throws QueryRefused for an invalid query */
export function groupRead(shape: CollectionShape, query: GroupQuery) {
  const keys = query.by.map((field) => ({ name: field, type: sortable(field, shape, 'by') }));
  const sums = Object.entries(query.sums ?? {}).map(([name, field]) => ({ name, column: summable(field, shape) }));
  const counts = Object.entries(query.counts ?? {}).map(([name, filter]) => ({ name, sql: filterSql(filter, shape) }));
  const names = [...keys, { name: 'count' }, ...sums, ...counts].map(({ name }) => name);
  refuseDuplicateNames(names);

  const where = query.filter ? filterSql(query.filter, shape) : { text: 'TRUE', values: [] };
  const by = keys.map(({ name }) => columnOf(name));
  const select = [
    ...by,
    'COUNT(*)',
    ...sums.map(({ column }) => `COALESCE(SUM(${column}), 0)`),
    ...counts.map(({ sql }) => `COUNT(*) FILTER (WHERE ${sql.text})`),
  ];
  const values: SqlValue[] = [...counts.flatMap(({ sql }) => sql.values), ...where.values];
  const grouping = by.length === 0 ? 'HAVING COUNT(*) > 0' : `GROUP BY ${by.join(', ')} ORDER BY ${by.join(', ')}`;
  return {
    text: `SELECT ${select.join(', ')} FROM ${tableOf(shape.name)} WHERE ${where.text} ${grouping}`,
    values,
    /** Converts a row that is an array. */
    groupOf: (row: readonly unknown[]) =>
      Object.fromEntries(
        names.map((name, index) => {
          const type = keys[index]?.type;
          return [name, type === undefined ? Number(row[index]) : unbound(row[index], type)];
        }),
      ) as Group,
  };
}

const summable = (field: string, shape: CollectionShape): string => {
  refuseNonNumeric(field, shape);
  return columnOf(field);
};
