import type { Filter } from '../../filter/filter.js';
import type { Path } from './comparisons.js';
import type { When } from './mapping.js';
import type { RowContext } from './row-context.js';

export type Holds = (context: RowContext) => boolean;
export type RowFilter = (row: RowContext['row']) => boolean;

/** Compiles conditions. `firstTime` numbers such a filter: the case remembers which numbers have passed. */
export function compileWhen(when: When | readonly When[] | undefined, filters: Filters, path: Path): Holds {
  if (when === undefined) return () => true;
  if (isList(when)) return any(when.map((one, index) => compileOne(one, filters, [...path, index])));
  return compileOne(when, filters, path);
}

export interface Filters {
  readonly filter: (filter: Filter, path: Path) => RowFilter;
  readonly firstTime: (filter: Filter, path: Path) => number;
}

const isList = (when: When | readonly When[]): when is readonly When[] => Array.isArray(when);

const any =
  (conditions: readonly Holds[]): Holds =>
  (context) =>
    conditions.some((holds) => holds(context));

function compileOne(when: When, { filter, firstTime }: Filters, path: Path): Holds {
  const parts: Holds[] = [];
  const { first, changed, unchanged } = when;
  if (first !== undefined) parts.push((context) => context.first === first);
  if (changed) parts.push(({ row, previous }) => changed.some((column) => row[column] !== previous[column]));
  if (unchanged) parts.push(({ row, previous }) => unchanged.every((column) => row[column] === previous[column]));
  if (when.row) {
    const passes = filter(when.row, [...path, 'row']);
    parts.push(({ row }) => passes(row));
  }
  if (when.previous) {
    const passes = filter(when.previous, [...path, 'previous']);
    parts.push(({ previous }) => passes(previous));
  }
  if (when.firstTime) {
    const passes = filter(when.firstTime, [...path, 'firstTime']);
    const number = firstTime(when.firstTime, [...path, 'firstTime']);
    parts.push(({ row, passed }) => !passed.has(number) && passes(row));
  }
  return (context) => parts.every((holds) => holds(context));
}
