import { ordered, refuseDoubles, refuseNoNumber } from '../asked-fields.js';
import type { CollectionShape, Group, GroupQuery } from '../read-store.js';
import { filterExpression } from './filter-expression.js';
import { filterQuery } from './filter-query.js';
import { storedName } from './stored.js';

export interface GroupPipeline {
  readonly stages: Record<string, unknown>[];
  /** A document of the pipeline as the group it is. */
  groupOf(grouped: Grouped): Group;
}

export interface Grouped {
  readonly _id: Readonly<Record<string, string | number | boolean | null>> | null;
  readonly [result: `r${number}`]: number;
}

/**
 * One pass over what the filter finds. Results are named by number, because a user's name may hold what no field's
 * may. Groups come in the order of their keys. @throws QueryRefused where it can't be asked so.
 */
export function groupPipeline(shape: CollectionShape, query: GroupQuery): GroupPipeline {
  const { by } = query;
  for (const field of by) ordered(field, shape, 'by');
  const results = [
    { name: 'count', of: { $sum: 1 } },
    ...Object.entries(query.sums ?? {}).map(([name, field]) => ({ name, of: { $sum: `$${summable(field, shape)}` } })),
    ...Object.entries(query.counts ?? {}).map(([name, filter]) => ({
      name,
      of: { $sum: { $cond: [filterExpression(filter, shape), 1, 0] } },
    })),
  ];
  refuseDoubles([...by, ...results.map(({ name }) => name)]);
  const key = by.length === 0 ? null : Object.fromEntries(by.map((field, at) => [`k${at}`, orNull(field)]));
  return {
    stages: [
      { $match: filterQuery(query.filter, shape) },
      { $group: { _id: key, ...Object.fromEntries(results.map(({ of }, at) => [`r${at}`, of])) } },
      ...(by.length === 0 ? [] : [{ $sort: Object.fromEntries(by.map((_, at) => [`_id.k${at}`, 1])) }]),
    ],
    groupOf: (grouped) =>
      Object.fromEntries([
        ...by.map((field, at) => [field, grouped._id?.[`k${at}`] ?? null]),
        ...results.map(({ name }, at) => [name, grouped[`r${at}`] ?? 0]),
      ]) as Group,
  };
}

const orNull = (field: string): unknown => ({ $ifNull: [`$${storedName(field)}`, null] });

const summable = (field: string, shape: CollectionShape): string => {
  refuseNoNumber(field, shape);
  return storedName(field);
};
