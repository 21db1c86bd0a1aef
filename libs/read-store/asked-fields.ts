import type { FieldType } from '../event-sourcing/projection.js';
import { checkFilter, sayProblems } from '../filter/check-filter.js';
import type { Filter } from '../filter/filter.js';
import { type CollectionShape, QueryRefused } from './read-store.js';

/** Fields that may be asked for: the declared ones and the id. */
export const askable = ({ fields }: Pick<CollectionShape, 'fields'>): Readonly<Record<string, FieldType>> => ({
  ...fields,
  id: 'string',
});

/** @throws QueryRefused where the filter can't be asked. */
export const refuseFilter = (filter: Filter, shape: CollectionShape): void => {
  const problems = checkFilter(filter, askable(shape));
  const refusal = sayProblems(problems);
  if (refusal !== undefined) throw new QueryRefused(refusal, problems[0]?.path);
};

/** The type of a field that is to be sorted or grouped by. @throws QueryRefused where it isn't declared, or holds a list. */
export const ordered = (field: string, shape: CollectionShape, what: 'sort' | 'by'): FieldType => {
  const type = typeOf(field, askable(shape));
  if (type !== undefined && type !== 'strings') return type;
  const done = what === 'sort' ? 'sorted' : 'grouped';
  throw new QueryRefused(`${shape.name} can't be ${done} by ${JSON.stringify(field)}. ${sayFields(shape)}`, what);
};

/** @throws QueryRefused where a field holds no numbers to be summed. */
export const refuseNoNumber = (field: string, { name, fields }: CollectionShape): void => {
  const type = typeOf(field, fields);
  if (type !== 'integer' && type !== 'number')
    throw new QueryRefused(`${JSON.stringify(field)} of ${name} is no number, so it has no sum.`, 'sums');
};

/** @throws QueryRefused where two results of one question would have one name. */
export const refuseDoubles = (names: readonly string[]): void => {
  const double = names.find((name, index) => names.indexOf(name) !== index);
  if (double !== undefined)
    throw new QueryRefused(`Two results would be called ${JSON.stringify(double)}. Give one another name.`);
};

const typeOf = (field: string, fields: CollectionShape['fields']): FieldType | undefined =>
  Object.hasOwn(fields, field) ? fields[field] : undefined;

const sayFields = ({ fields }: CollectionShape): string =>
  `The fields are ${['id', ...Object.keys(fields).filter((field) => fields[field] !== 'strings')].join(', ')}.`;
