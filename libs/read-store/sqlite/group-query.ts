import type { FieldType } from '../../event-sourcing/projection.js';
import { type CollectionShape, type Group, type GroupQuery, QueryRefused } from '../read-store.js';
import { columnOf, type SqlValue, tableOf, unbound } from './columns.js';
import { filterSql, type Sql } from './filter-sql.js';
import { askable, sayFields } from './page-query.js';

export interface GroupRead extends Sql {
  /** A row, read as an array, as the group it is. */
  groupOf(row: readonly unknown[]): Group;
}

/** One grouped select. Groups come in the order of their keys. @throws QueryRefused where it can't be asked so. */
export function groupRead(shape: CollectionShape, query: GroupQuery): GroupRead {
  const fields = askable(shape);
  const keys = query.by.map((field) => ({ name: field, type: groupable(field, shape) }));
  const sums = Object.entries(query.sums ?? {}).map(([name, field]) => ({ name, column: summable(field, shape) }));
  const counts = Object.entries(query.counts ?? {}).map(([name, filter]) => ({ name, sql: filterSql(filter, fields) }));
  const names = [...keys, { name: 'count' }, ...sums, ...counts].map(({ name }) => name);
  refuseDoubles(names);

  const where = query.filter ? filterSql(query.filter, fields) : { text: 'TRUE', values: [] };
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
    groupOf: (row) =>
      Object.fromEntries(
        names.map((name, index) => {
          const type = keys[index]?.type;
          return [name, type === undefined ? Number(row[index]) : unbound(row[index], type)];
        }),
      ) as Group,
  };
}

const groupable = (field: string, shape: CollectionShape): FieldType => {
  const fields = askable(shape);
  const type = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (type === undefined || type === 'strings')
    throw new QueryRefused(`${shape.name} can't be grouped by ${JSON.stringify(field)}. ${sayFields(shape)}`, 'by');
  return type;
};

const summable = (field: string, { name, fields }: CollectionShape): string => {
  const type = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (type !== 'integer' && type !== 'number')
    throw new QueryRefused(`${JSON.stringify(field)} of ${name} is no number, so it has no sum.`, 'sums');
  return columnOf(field);
};

const refuseDoubles = (names: readonly string[]): void => {
  const double = names.find((name, index) => names.indexOf(name) !== index);
  if (double !== undefined)
    throw new QueryRefused(`Two results would be called ${JSON.stringify(double)}. Give one another name.`);
};
