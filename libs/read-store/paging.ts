import { sortable } from './query-fields.js';
import { readCursor, type SortValue, writeCursor } from './cursor.js';
import { type CollectionShape, type Query, QueryRefused } from './read-store.js';

const DEFAULT_LIMIT = 50;
const MOST = 1_000;

type SortKey = NonNullable<Query['sort']>[number];

/** A condition on one field. Null is the lowest value, and missing is null. */
export interface Bound {
  readonly field: string;
  readonly is: 'same' | 'above' | 'below';
  readonly value: SortValue;
}

type Range = readonly Bound[];

/**
 * A page as ranges to read in turn until the limit. Each is one range of an index, unlike one condition for all. The
 * last key is the id, so that no two documents are equal. @throws QueryRefused for an invalid query
 */
export function paging(generation: number, shape: CollectionShape, query: Query) {
  const limit = limitOf(query.limit);
  const keys = sortKeys(query.sort ?? [], shape);
  const order = keys.map(({ field, direction }) => `${field} ${direction}`).join(', ');
  const place = { generation, collection: shape.name, order };
  return {
    limit,
    keys,
    ranges: query.after === undefined ? [[]] : rangesAfter(keys, readCursor(query.after, place, keys.length)),
    /** The cursor after a document with these values of the keys. */
    cursorAfter: (values: readonly SortValue[]) => writeCursor({ ...place, values }),
  };
}

/** The ranges after a cursor, in order: equal in all keys but the last, then in all but the last two, and so on. */
const rangesAfter = (keys: readonly SortKey[], values: readonly SortValue[]): readonly Range[] =>
  keys.flatMap((_, index) => {
    const depth = keys.length - 1 - index;
    const same = keys.slice(0, depth).map(({ field }, at): Bound => ({ field, is: 'same', value: values[at] ?? null }));
    const key = keys[depth];
    return key === undefined ? [] : beyond(key, values[depth] ?? null).map((range) => [...same, range]);
  });

const beyond = ({ field, direction }: SortKey, value: SortValue): Range => {
  if (direction === 'asc') return [{ field, is: 'above', value }];
  return value === null
    ? []
    : [
        { field, is: 'below', value },
        { field, is: 'same', value: null },
      ];
};

/** The id breaks ties, in the direction of the last key, so that one index serves both directions. */
const sortKeys = (sort: readonly SortKey[], shape: CollectionShape): readonly SortKey[] => {
  const seen = new Set<string>();
  for (const { field, direction } of sort) {
    sortable(field, shape, 'sort');
    if (direction !== 'asc' && direction !== 'desc')
      throw new QueryRefused(`A sort's direction is asc or desc, not ${JSON.stringify(direction)}.`, 'sort');
    if (seen.has(field)) throw new QueryRefused(`The sort names ${field} twice. Name it once.`, 'sort');
    seen.add(field);
  }
  return seen.has('id') ? sort : [...sort, { field: 'id', direction: sort.at(-1)?.direction ?? 'asc' }];
};

const limitOf = (limit = DEFAULT_LIMIT): number => {
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST)
    throw new QueryRefused(`limit must be a whole number from 1 to ${MOST}, not ${String(limit)}.`, 'limit');
  return limit;
};
