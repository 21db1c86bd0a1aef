import type { Filter, Scalar } from '../../../libs/filter/filter.js';
import { invalid, type FieldMistake } from '../../../libs/platform/problem/problem.js';
import type { Query } from '../../../libs/read-store/read-store.js';

export type UrlQuery = Readonly<Record<string, string | readonly string[] | undefined>>;

const PAGING = new Set(['sort', 'limit', 'after']);

/**
 * Parses a query such as `?team=care&sort=-nextDueAt&limit=20&after=CURSOR`. A repeated field matches either value; a
 * minus sorts descending.
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
  if (limit !== undefined && !isPageSize(limit)) mistakes.push(notAPageSize(limit));
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

const isPageSize = (limit: string): boolean => /^\d+$/.test(limit) && Number(limit) >= 1 && Number(limit) <= 1_000;
const notAPageSize = (limit: string): FieldMistake => ({
  field: 'limit',
  message: `must be a whole number from 1 to 1000, not "${limit}"`,
});

/** How many documents a page holds. @throws Problem */
export function pageOf(limit: string): number {
  if (isPageSize(limit)) return Number(limit);
  throw invalid([notAPageSize(limit)]);
}

const one = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'object' ? value[0] : value;

const scalar = (value: string): Scalar =>
  value === 'null' ? null : value === 'true' ? true : value === 'false' ? false : value;

const sortOf = (text: string): { field: string; direction: 'asc' | 'desc' } =>
  text.startsWith('-') ? { field: text.slice(1), direction: 'desc' } : { field: text, direction: 'asc' };

/** The parameters as they are, where each is one of these. @throws Problem naming those that are not. */
export function only<N extends string>(
  asked: Readonly<Record<string, string | undefined>>,
  names: readonly N[],
): { readonly [name in N]?: string } {
  const unknown = Object.keys(asked).filter((name) => !(names as readonly string[]).includes(name));
  if (unknown.length > 0)
    throw invalid(unknown.map((field) => ({ field, message: `is not known here; there are ${names.join(', ')}` })));
  return asked as { readonly [name in N]?: string };
}

export const oneOf = <T extends string>(field: string, value: string, choices: readonly T[]): T =>
  choices.find((choice) => choice === value) ?? wrong(field, choices);

export function wrong(field: string, choices: readonly (string | number)[]): never {
  throw invalid([{ field, message: `must be one of ${choices.join(', ')}` }]);
}
