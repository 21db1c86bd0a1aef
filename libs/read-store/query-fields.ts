import type { FieldType } from '../event-sourcing/projection.js';
import { checkFilter, problemsText } from '../filter/check-filter.js';
import type { Filter } from '../filter/filter.js';
import { type CollectionShape, QueryRefused } from './read-store.js';

/** Fields that a query may name: the declared ones and the id. */
export const queryable = ({ fields }: Pick<CollectionShape, 'fields'>): Readonly<Record<string, FieldType>> => ({
  ...fields,
  id: 'string',
});

/** @throws QueryRefused if checkFilter finds a problem */
export const refuseFilter = (filter: Filter, shape: CollectionShape): void => {
  const problems = checkFilter(filter, queryable(shape));
  const refusal = problemsText(problems);
  if (refusal !== undefined) throw new QueryRefused(refusal, problems[0]?.path);
};

/** The type of a field to sort or group by. @throws QueryRefused if it isn't declared, or holds a list */
export const sortable = (field: string, shape: CollectionShape, what: 'sort' | 'by'): FieldType => {
  const type = typeOf(field, queryable(shape));
  if (type !== undefined && type !== 'strings') return type;
  const done = what === 'sort' ? 'sorted' : 'grouped';
  throw new QueryRefused(`${shape.name} can't be ${done} by ${JSON.stringify(field)}. ${fieldNames(shape)}`, what);
};

/** @throws QueryRefused for a field without numbers */
export const refuseNonNumeric = (field: string, { name, fields }: CollectionShape): void => {
  const type = typeOf(field, fields);
  if (type !== 'integer' && type !== 'number')
    throw new QueryRefused(
      `${JSON.stringify(field)} of ${name} is not a number, so it has no sum. Name a field of numbers.`,
      'sums',
    );
};

/** @throws QueryRefused if two results of one query have the same name */
export const refuseDuplicateNames = (names: readonly string[]): void => {
  const double = names.find((name, index) => names.indexOf(name) !== index);
  if (double !== undefined)
    throw new QueryRefused(`Two results would be called ${JSON.stringify(double)}. Give one another name.`);
};

const typeOf = (field: string, fields: CollectionShape['fields']): FieldType | undefined =>
  Object.hasOwn(fields, field) ? fields[field] : undefined;

const fieldNames = ({ fields }: CollectionShape): string =>
  `The fields are ${['id', ...Object.keys(fields).filter((field) => fields[field] !== 'strings')].join(', ')}.`;
