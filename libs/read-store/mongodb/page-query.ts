import type { Filter as MongoFilter } from 'mongodb';
import { never } from '../../event-sourcing/decider.js';
import type { SortValue } from '../cursor.js';
import { type Bound, paging } from '../paging.js';
import type { CollectionShape, Query } from '../read-store.js';
import { filterQuery } from './filter-query.js';
import { type Stored, storedName } from './stored.js';

/** Filters to run in turn until the limit. @throws QueryRefused for an invalid query */
export function pageQuery(generation: number, shape: CollectionShape, query: Query) {
  const { limit, keys, ranges, cursorAfter } = paging(generation, shape, query);
  const filter = filterQuery(query.filter, shape);
  return {
    limit,
    filters: ranges.map((range) => (range.length === 0 ? filter : { $and: [filter, ...range.map(condition)] })),
    sort: new Map(keys.map(({ field, direction }) => [storedName(field), direction === 'asc' ? 1 : -1] as const)),
    cursorAfter: (stored: Stored) =>
      cursorAfter(keys.map(({ field }) => (stored[storedName(field)] as SortValue | undefined) ?? null)),
  };
}

const condition = ({ field, is, value }: Bound): MongoFilter<Stored> => {
  const name = storedName(field);
  switch (is) {
    case 'same':
      return { [name]: value };
    case 'above':
      return { [name]: value === null ? { $ne: null } : { $gt: value } };
    case 'below':
      return { [name]: { $lt: value } };
    default:
      return never(is);
  }
};
