import { Query as QueryOfUrl, type PipeTransform } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import type { Filter, Scalar } from '../../../libs/filter/filter.js';
import { invalid, type FieldMistake } from '../../../libs/platform/problem/problem.js';
import type { Query } from '../../../libs/read-store/read-store.js';

type UrlQuery = Readonly<Record<string, string | readonly string[] | undefined>>;
/** The parameters of a query by name. */
export type Named = Readonly<Record<string, string | undefined>>;

const PAGING = ['sort', 'limit', 'after'];

/** What the documentation says of a parameter beside its name. */
const DOCUMENTED: Readonly<Record<string, object>> = {
  at: {
    description:
      'The moment at which running clocks are read, an instant or a day (its beginning, UTC); left out: knownAt, else now',
  },
  knownAt: {
    description: 'As it was known then, an instant or a day (its beginning, UTC): what became known later is left out',
  },
  under: {
    description:
      'As it would be under these rules, in force since ever: the hash of a rule set of this store, the beginning of one, ' +
      'or a programme, whose latest are meant',
  },
  steps: { schema: { type: 'string', enum: ['true', 'false'] } },
};

const documented =
  (names: readonly string[], pipe: PipeTransform): ParameterDecorator =>
  (controller, route = '', index) => {
    QueryOfUrl(pipe)(controller, route, index);
    const descriptor = Object.getOwnPropertyDescriptor(controller, route) ?? {};
    for (const name of names)
      ApiQuery({ name, required: false, schema: { type: 'string' }, ...DOCUMENTED[name] })(
        controller,
        route,
        descriptor,
      );
  };

/** Injects the parameters, and documents them. @throws Problem naming those that are not among these */
export const Parameters = (...names: readonly string[]): ParameterDecorator =>
  documented(names, {
    transform: (asked: Named) => {
      const unknown = Object.keys(asked).filter((name) => !names.includes(name));
      if (unknown.length === 0) return asked;
      throw invalid(unknown.map((field) => ({ field, message: `is not known here; there are ${names.join(', ')}` })));
    },
  });

/**
 * Injects a query such as `?team=care&sort=-nextDueAt&limit=20&after=CURSOR`, and documents it. A repeated field matches
 * either value; a minus sorts descending.
 * @throws Problem naming every parameter that is unknown or wrong.
 */
export const Listing = (...filters: readonly string[]): ParameterDecorator =>
  documented([...filters, ...PAGING], { transform: (url: UrlQuery) => queryOf(url, filters) });

export function queryOf(url: UrlQuery, filters: readonly string[]): Query {
  const mistakes: FieldMistake[] = [];
  const conditions: Filter[] = [];
  for (const [name, value] of Object.entries(url)) {
    if (value === undefined || PAGING.includes(name)) continue;
    if (filters.includes(name))
      conditions.push({ [name]: typeof value === 'string' ? scalar(value) : { $in: value.map(scalar) } });
    else mistakes.push({ field: name, message: `is not known here; there are ${[...filters, ...PAGING].join(', ')}` });
  }
  const [sort, limit, after] = PAGING.map((name) => one(url[name]));
  if (limit !== undefined && !isPageSize(limit)) mistakes.push(notAPageSize(limit));
  if (mistakes.length > 0) throw invalid(mistakes);
  return {
    filter: conditions.length === 0 ? undefined : { $and: conditions },
    limit: limit === undefined ? undefined : Number(limit),
    after,
    sort: sort?.split(',').map(sortOf),
  };
}

/** The conditions of a filter that `queryOf` made, one for each field. */
export const conditionsOf = ({ $and = [] }: Filter): readonly Filter[] => $and as readonly Filter[];

/** The values that a listing asks of a field; undefined: any. */
export function askedOf(filter: Filter, field: string): readonly Scalar[] | undefined {
  const asked = conditionsOf(filter).find((condition) => field in condition)?.[field] as
    Scalar | { readonly $in: readonly Scalar[] } | undefined;
  if (asked === undefined) return undefined;
  return typeof asked === 'object' && asked !== null ? asked.$in : [asked];
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

/** The choice that a parameter names, if it is there. @throws Problem */
export function oneOf<T extends string | number>(
  field: string,
  value: string | undefined,
  choices: readonly T[],
): T | undefined {
  const choice = choices.find((each) => String(each) === value);
  if (choice !== undefined || value === undefined) return choice;
  throw invalid([{ field, message: `must be one of ${choices.join(', ')}` }]);
}
