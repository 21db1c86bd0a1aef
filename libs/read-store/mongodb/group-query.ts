import { sortable, refuseDuplicateNames, refuseNonNumeric } from '../query-fields.js';
import type { CollectionShape, Group, GroupQuery } from '../read-store.js';
import { filterExpression } from './filter-expression.js';
import { filterQuery } from './filter-query.js';
import { storedName } from './stored.js';

export interface Grouped {
  readonly _id: Readonly<Record<string, string | number | boolean | null>> | null;
  readonly [result: `r${number}`]: number;
}

/** Groups sort by keys. Results are numbered: MongoDB doesn't accept every name. @throws QueryRefused if invalid */
export function groupPipeline(shape: CollectionShape, query: GroupQuery) {
  const { by } = query;
  for (const field of by) sortable(field, shape, 'by');
  const results = [
    { name: 'count', of: { $sum: 1 } },
    ...Object.entries(query.sums ?? {}).map(([name, field]) => ({ name, of: { $sum: `$${summable(field, shape)}` } })),
    ...Object.entries(query.counts ?? {}).map(([name, filter]) => ({
      name,
      of: { $sum: { $cond: [filterExpression(filter, shape), 1, 0] } },
    })),
  ];
  refuseDuplicateNames([...by, ...results.map(({ name }) => name)]);
  const key = by.length === 0 ? null : Object.fromEntries(by.map((field, at) => [`k${at}`, orNull(field)]));
  return {
    stages: [
      { $match: filterQuery(query.filter, shape) },
      { $group: { _id: key, ...Object.fromEntries(results.map(({ of }, at) => [`r${at}`, of])) } },
      ...(by.length === 0 ? [] : [{ $sort: Object.fromEntries(by.map((_, at) => [`_id.k${at}`, 1])) }]),
    ],
    /** Converts a result of the pipeline. */
    groupOf: (grouped: Grouped) =>
      Object.fromEntries([
        ...by.map((field, at) => [field, grouped._id?.[`k${at}`] ?? null]),
        ...results.map(({ name }, at) => [name, grouped[`r${at}`] ?? 0]),
      ]) as Group,
  };
}

const orNull = (field: string): unknown => ({ $ifNull: [`$${storedName(field)}`, null] });

const summable = (field: string, shape: CollectionShape): string => {
  refuseNonNumeric(field, shape);
  return storedName(field);
};
