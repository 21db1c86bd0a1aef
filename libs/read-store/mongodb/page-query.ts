import type { Filter as MongoFilter } from 'mongodb';
import { type CollectionShape, type Query, QueryRefused } from '../read-store.js';
import { refuseUnordered, storedName } from './asked-fields.js';
import { type Cursor, readCursor, type SortValue, writeCursor } from './cursor.js';
import { filterQuery } from './filter-query.js';
import type { Stored } from './stored.js';

const DEFAULT_LIMIT = 50;
const MOST = 1_000;

interface SortKey {
  readonly field: string;
  readonly direction: 'asc' | 'desc';
}

/**
 * A page as reads, to be run in turn until the limit is reached: each is one range of an index, which one condition
 * for "after the cursor" would not be.
 */
export interface PageQuery {
  readonly limit: number;
  readonly filters: readonly MongoFilter<Stored>[];
  readonly sort: ReadonlyMap<string, 1 | -1>;
  /** The cursor after a document that one of the reads gave. */
  cursorAfter(stored: Stored): string;
}

/** @throws QueryRefused where it can't be asked so. */
export function pageQuery(generation: number, shape: CollectionShape, query: Query): PageQuery {
  const limit = limitOf(query.limit);
  const keys = sortKeys(query.sort ?? [], shape);
  const filter = filterQuery(query.filter, shape);
  const order = keys.map(({ field, direction }) => `${field} ${direction}`).join(', ');
  const asked: Omit<Cursor, 'values'> = { generation, collection: shape.name, order };
  return {
    limit,
    filters:
      query.after === undefined
        ? [filter]
        : rangesAfter(keys, readCursor(query.after, asked, keys.length)).map((range) => ({ $and: [filter, ...range] })),
    sort: new Map(keys.map(({ field, direction }) => [storedName(field), direction === 'asc' ? 1 : -1])),
    cursorAfter: (stored) =>
      writeCursor({
        ...asked,
        values: keys.map(({ field }) => (stored[storedName(field)] as SortValue | undefined) ?? null),
      }),
  };
}

type Conditions = readonly MongoFilter<Stored>[];

/**
 * What comes after the values of a cursor, as ranges in their order: equal in all keys but the last, then in all but
 * the last two, and so on. Null is the lowest value.
 */
const rangesAfter = (keys: readonly SortKey[], values: readonly SortValue[]): readonly Conditions[] =>
  keys.flatMap((_, index) => {
    const depth = keys.length - 1 - index;
    const same = keys.slice(0, depth).map(({ field }, at) => ({ [storedName(field)]: values[at] ?? null }));
    const key = keys[depth];
    return key === undefined ? [] : beyond(key, values[depth] ?? null).map((range) => [...same, range]);
  });

const beyond = ({ field, direction }: SortKey, value: SortValue): Conditions => {
  const name = storedName(field);
  if (direction === 'asc') return [{ [name]: value === null ? { $ne: null } : { $gt: value } }];
  return value === null ? [] : [{ [name]: { $lt: value } }, { [name]: null }];
};

/** Ties are broken by id, in the direction of the last key: so one index serves a sort both ways. */
const sortKeys = (sort: NonNullable<Query['sort']>, shape: CollectionShape): readonly SortKey[] => {
  const seen = new Set<string>();
  for (const { field, direction } of sort) {
    refuseUnordered(field, shape, 'sort');
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
