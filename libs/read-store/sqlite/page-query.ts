import type { FieldType } from '../../event-sourcing/projection.js';
import { type CollectionShape, type Query, QueryRefused } from '../read-store.js';
import { columnOf, type SqlValue, tableOf } from './columns.js';
import { type Cursor, readCursor, writeCursor } from './cursor.js';
import { filterSql, type Sql } from './filter-sql.js';

const DEFAULT_LIMIT = 50;
const MOST = 1_000;

interface SortKey {
  readonly field: string;
  readonly direction: 'asc' | 'desc';
}

/** Fields that may be asked for: the declared ones and the id. */
export const askable = ({ fields }: CollectionShape): Readonly<Record<string, FieldType>> => ({
  ...fields,
  id: 'string',
});

/**
 * A page as reads, to be run in turn until the limit is reached: each is one range of an index, which one condition
 * for "after the cursor" would not be.
 */
export interface PageQuery {
  readonly limit: number;
  readonly reads: readonly Sql[];
  /** The cursor after a row that one of the reads gave. */
  cursorAfter(row: Readonly<Record<string, unknown>>): string;
}

/** @throws QueryRefused where it can't be asked so. */
export function pageQuery(generation: number, shape: CollectionShape, query: Query): PageQuery {
  const limit = limitOf(query.limit);
  const keys = sortKeys(query.sort ?? [], shape);
  const where: Sql = query.filter ? filterSql(query.filter, askable(shape)) : { text: 'TRUE', values: [] };
  const order = keys.map(({ field, direction }) => `${field} ${direction}`).join(', ');
  const asked: Omit<Cursor, 'values'> = { generation, collection: shape.name, order };
  const columns = keys.map(({ field }, index) => `${columnOf(field)} AS k${index}`).join(', ');
  const select = `SELECT id, document, ${columns} FROM ${tableOf(shape.name)} WHERE ${where.text}`;
  const orderBy = keys.map(({ field, direction }) => `${columnOf(field)} ${direction}`).join(', ');
  const ranges =
    query.after === undefined
      ? [{ text: '', values: [] }]
      : rangesAfter(keys, readCursor(query.after, asked, keys.length));
  return {
    limit,
    reads: ranges.map((range) => ({
      text: `${select}${range.text} ORDER BY ${orderBy} LIMIT ?`,
      values: [...where.values, ...range.values],
    })),
    cursorAfter: (row) => writeCursor({ ...asked, values: keys.map((_, index) => row[`k${index}`] as SqlValue) }),
  };
}

/**
 * What comes after the values of a cursor, as ranges in their order: equal in all keys but the last, then in all but
 * the last two, and so on. Null is the lowest value.
 */
const rangesAfter = (keys: readonly SortKey[], values: readonly SqlValue[]): readonly Sql[] =>
  keys.flatMap((_, index) => {
    const depth = keys.length - 1 - index;
    const same = keys.slice(0, depth).map(({ field }) => ` AND ${columnOf(field)} IS ?`);
    const key = keys[depth];
    return key === undefined
      ? []
      : beyond(key, values[depth] ?? null).map((range) => ({
          text: `${same.join('')} AND ${range.text}`,
          values: [...values.slice(0, depth), ...range.values],
        }));
  });

const beyond = ({ field, direction }: SortKey, value: SqlValue): readonly Sql[] => {
  const column = columnOf(field);
  if (direction === 'asc')
    return [
      value === null ? { text: `${column} IS NOT NULL`, values: [] } : { text: `${column} > ?`, values: [value] },
    ];
  return value === null
    ? []
    : [
        { text: `${column} < ?`, values: [value] },
        { text: `${column} IS NULL`, values: [] },
      ];
};

/** Ties are broken by id, in the direction of the last key: so one index serves a sort both ways. */
const sortKeys = (sort: NonNullable<Query['sort']>, shape: CollectionShape): readonly SortKey[] => {
  const fields = askable(shape);
  const seen = new Set<string>();
  for (const { field, direction } of sort) {
    const type = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (type === undefined || type === 'strings')
      throw new QueryRefused(`${shape.name} can't be sorted by ${JSON.stringify(field)}. ${sayFields(shape)}`, 'sort');
    if (direction !== 'asc' && direction !== 'desc')
      throw new QueryRefused(`A sort's direction is asc or desc, not ${JSON.stringify(direction)}.`, 'sort');
    if (seen.has(field)) throw new QueryRefused(`The sort names ${field} twice.`, 'sort');
    seen.add(field);
  }
  return seen.has('id') ? sort : [...sort, { field: 'id', direction: sort.at(-1)?.direction ?? 'asc' }];
};

const limitOf = (limit = DEFAULT_LIMIT): number => {
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST)
    throw new QueryRefused(`limit must be a whole number from 1 to ${MOST}, not ${String(limit)}.`, 'limit');
  return limit;
};

/** The fields that sorts and groups may name, in words. */
export const sayFields = ({ fields }: CollectionShape): string =>
  `The fields are ${['id', ...Object.keys(fields).filter((field) => fields[field] !== 'strings')].join(', ')}.`;
