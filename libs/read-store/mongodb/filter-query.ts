import type { Filter as MongoFilter } from 'mongodb';
import { checkFilter, sayProblems } from '../../filter/check-filter.js';
import type { Filter } from '../../filter/filter.js';
import { type CollectionShape, QueryRefused } from '../read-store.js';
import { askable, storedName } from './asked-fields.js';
import type { Stored } from './stored.js';

/** What was removed is kept, and never found; with this condition a query is answered from the partial indexes. */
export const SHOWN = { 'amends.shown': true } as const;

/** @throws QueryRefused where the filter can't be asked. */
export function refuseFilter(filter: Filter, shape: CollectionShape): void {
  const problems = checkFilter(filter, askable(shape));
  const refusal = sayProblems(problems);
  if (refusal !== undefined) throw new QueryRefused(refusal, problems[0]?.path);
}

/**
 * A filter is written in MongoDB's own syntax and has its meaning, so once checked only the id's name differs.
 * @throws QueryRefused where the filter can't be asked.
 */
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
