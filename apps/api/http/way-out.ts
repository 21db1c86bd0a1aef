import type { Refusal } from '../../../libs/event-sourcing/decider.js';
import type { WayOut } from '../../../libs/platform/problem/problem.js';
import { routeOf } from '../../../libs/recovery/aggregates.js';

/** The routes by which a refused caller, or somebody else, gets on. @param id of what they wanted to change */
export function waysOut({ through }: Refusal, id?: string): readonly WayOut[] {
  const { by = [], at = {} } = through ?? {};
  const held: Readonly<Record<string, string | undefined>> = { id, ...at };
  return by.flatMap((type) => {
    const route = routeOf(type);
    if (!route) return [];
    const path = route.path.replaceAll(/\{(\w+)\}/g, (name, key: string) => {
      const value = Object.hasOwn(held, key) ? held[key] : undefined;
      return value === undefined ? name : encodeURIComponent(value);
    });
    return [{ method: route.method, path, roles: route.roles }];
  });
}

/** The sentence with its routes. */
export const withRoutes = (sentence: string, ways: readonly WayOut[]): string =>
  ways.length === 0
    ? sentence
    : `${sentence.replace(/\.$/, '')} (${ways.map(({ method, path }) => `${method} ${path}`).join(', ')}).`;
