import { never } from '../../event-sourcing/decider.js';
import { BOUND_LIMIT } from '../../sqlite/limit.js';
import type { SortValue } from '../cursor.js';
import { type Bound, paging } from '../paging.js';
import type { CollectionShape, Query } from '../read-store.js';
import { bound, columnOf, tableOf } from './columns.js';
import { filterSql, type Sql } from './filter-sql.js';
import { type Row, Rows } from './rows.js';

/** Reads of rows to run in turn until the limit, which is their last value. @throws QueryRefused for an invalid query */
export function pageQuery(generation: number, shape: CollectionShape, query: Query, rows = new Rows(shape)) {
  const { limit, keys, ranges, cursorAfter } = paging(generation, shape, query);
  const where: Sql = query.filter ? filterSql(query.filter, shape) : { text: 'TRUE', values: [] };
  const select = `SELECT ${rows.columns.join(', ')} FROM ${tableOf(shape.name)}`;
  const order = keys.map(({ field, direction }) => `${columnOf(field)} ${direction}`).join(', ');
  return {
    limit,
    reads: ranges.map((range): Sql => {
      const conditions = [where, ...range.map(boundSql)];
      return {
        text: `${select} WHERE ${conditions.map(({ text }) => text).join(' AND ')} ORDER BY ${order} ${BOUND_LIMIT}`,
        values: conditions.flatMap(({ values }) => values),
      };
    }),
    cursorAfter: (row: Row) => cursorAfter(keys.map(({ field }) => rows.valueOf(row, field) as SortValue)),
  };
}

const boundSql = ({ field, is, value }: Bound): Sql => {
  const column = columnOf(field);
  switch (is) {
    case 'same':
      return { text: `${column} IS ?`, values: [bound(value)] };
    case 'above':
      return value === null
        ? { text: `${column} IS NOT NULL`, values: [] }
        : { text: `${column} > ?`, values: [bound(value)] };
    case 'below':
      return { text: `${column} < ?`, values: [bound(value)] };
    default:
      return never(is);
  }
};
