import type { Filter, Scalar } from '../../../libs/filter/filter.js';
import { invalid, type FieldMistake } from '../../../libs/platform/problem/problem.js';
import type { Query } from '../../../libs/read-store/read-store.js';

export type UrlQuery = Readonly<Record<string, string | readonly string[] | undefined>>;

const PAGING = new Set(['sort', 'limit', 'after']);

/**
 * A query as an address writes it: `?team=care&sort=-nextDueAt&limit=20&after=CURSOR`. A field given twice takes
 * either value; a minus sorts downwards.
 * @throws Problem naming every parameter that is unknown or wrong.
 */
export function queryOf(url: UrlQuery, filters: readonly string[], fixed?: Filter): Query {
  const mistakes: FieldMistake[] = [];
  const conditions: Filter[] = fixed === undefined ? [] : [fixed];
  for (const [name, value] of Object.entries(url)) {
    if (value === undefined || PAGING.has(name)) continue;
    if (filters.includes(name))
      conditions.push({ [name]: typeof value === 'string' ? scalar(value) : { $in: value.map(scalar) } });
    else mistakes.push({ field: name, message: `is not known here; there are ${[...filters, ...PAGING].join(', ')}` });
  }
  const limit = one(url['limit']);
  if (limit !== undefined && !(/^\d+$/.test(limit) && Number(limit) >= 1 && Number(limit) <= 1_000))
    mistakes.push({ field: 'limit', message: `must be a whole number from 1 to 1000, not "${limit}"` });
  if (mistakes.length > 0) throw invalid(mistakes);
  const sort = one(url['sort']);
  const after = one(url['after']);
  return {
    ...(conditions.length === 0 ? {} : { filter: { $and: conditions } }),
    ...(limit === undefined ? {} : { limit: Number(limit) }),
    ...(after === undefined ? {} : { after }),
    ...(sort === undefined ? {} : { sort: sort.split(',').map(sortOf) }),
  };
}

const one = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'object' ? value[0] : value;

const scalar = (value: string): Scalar =>
  value === 'null' ? null : value === 'true' ? true : value === 'false' ? false : value;

const sortOf = (text: string): { field: string; direction: 'asc' | 'desc' } =>
  text.startsWith('-') ? { field: text.slice(1), direction: 'desc' } : { field: text, direction: 'asc' };
