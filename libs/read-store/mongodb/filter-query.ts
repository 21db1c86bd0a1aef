import type { Filter as MongoFilter } from 'mongodb';
import type { Filter } from '../../filter/filter.js';
import { refuseFilter } from '../query-fields.js';
import type { CollectionShape } from '../read-store.js';
import { type Stored, storedName } from './stored.js';

/** Hides removed documents, and lets queries use the partial indexes. */
export const SHOWN = { 'amends.shown': true } as const;

/** Filters have MongoDB's syntax: only the id's name differs. @throws QueryRefused if checkFilter finds a problem */
export function filterQuery(filter: Filter | undefined, shape: CollectionShape): MongoFilter<Stored> {
  if (filter === undefined) return SHOWN;
  refuseFilter(filter, shape);
  return { $and: [SHOWN, renamed(JSON.parse(JSON.stringify(filter)) as Filter)] };
}

const renamed = (filter: Filter): MongoFilter<Stored> => {
  const parts = Object.entries(filter).map(([name, condition]) =>
    name.startsWith('$')
      ? { [name]: (condition as readonly Filter[]).map(renamed) }
      : { [storedName(name)]: condition },
  );
  return parts.length === 0 ? {} : { $and: parts };
};
