import type { FieldCondition, Filter, Scalar } from '../../filter/filter.js';
import type { Emit, Mapping, When } from './mapping.js';

export type Path = readonly (string | number)[];

/** A column that a condition compares with values. */
export interface Comparison {
  readonly column: string;
  readonly operator: string;
  /** Without null, which every column can be. */
  readonly values: readonly { readonly value: string | number | boolean; readonly path: Path }[];
}

/** A filter of a mapping, and where it stands. */
interface PlacedFilter {
  readonly filter: Filter;
  readonly path: Path;
}

export const whensOf = ({ when }: Emit): readonly { readonly when: When; readonly path: Path }[] => {
  if (when === undefined) return [];
  if (!isList(when)) return [{ when, path: ['when'] }];
  return when.map((one, index) => ({ when: one, path: ['when', index] }));
};

const isList = (when: When | readonly When[]): when is readonly When[] => Array.isArray(when);

export function filtersOf({ emit, backFilled = [] }: Mapping): readonly PlacedFilter[] {
  const ofEmits = emit.flatMap((one, index) =>
    whensOf(one).flatMap(({ when, path }) =>
      (['row', 'previous', 'firstTime'] as const).flatMap((part): readonly PlacedFilter[] => {
        const filter = when[part];
        return filter === undefined ? [] : [{ filter, path: ['emit', index, ...path, part] }];
      }),
    ),
  );
  return [
    ...backFilled.map(({ until }, index) => ({ filter: until, path: ['backFilled', index, 'until'] })),
    ...ofEmits,
  ];
}

/** The columns that hold amounts of money. */
export const amountsOf = ({ emit }: Mapping): readonly { readonly column: string; readonly path: Path }[] =>
  emit.flatMap(({ set = {} }, index) =>
    Object.entries(set).flatMap(([field, value]) =>
      typeof value === 'object' && 'money' in value
        ? [{ column: value.money.amount, path: ['emit', index, 'set', field, 'money', 'amount'] }]
        : [],
    ),
  );

/** Of a filter that checkFilter accepts. */
export function comparisonsOf({ filter, path }: PlacedFilter): readonly Comparison[] {
  return Object.entries(filter).flatMap(([name, condition]): readonly Comparison[] => {
    const at = [...path, name];
    if (name.startsWith('$'))
      return (condition as readonly Filter[]).flatMap((inner, i) => comparisonsOf({ filter: inner, path: [...at, i] }));
    if (!isOperators(condition)) return [{ column: name, operator: '$eq', values: valuesOf(condition as Scalar, at) }];
    return Object.entries(condition)
      .filter(([operator]) => operator !== '$exists')
      .map(([operator, value]) => ({
        column: name,
        operator,
        values: valuesOf(value as Scalar | readonly Scalar[], [...at, operator]),
      }));
  });
}

/** The filter with each value that a column is compared with replaced. */
export function withValues(filter: Filter, replace: (column: string, value: Scalar) => Scalar): Filter {
  const entries = Object.entries(filter).map(([name, condition]): [string, unknown] => {
    if (name.startsWith('$')) return [name, (condition as readonly Filter[]).map((one) => withValues(one, replace))];
    const changed = (value: unknown): unknown =>
      Array.isArray(value) ? value.map((one: Scalar) => replace(name, one)) : replace(name, value as Scalar);
    if (!isOperators(condition)) return [name, changed(condition)];
    return [
      name,
      Object.fromEntries(
        Object.entries(condition).map(([op, value]) => [op, op === '$exists' ? value : changed(value)]),
      ),
    ];
  });
  return Object.fromEntries(entries) as Filter;
}

const isOperators = (condition: Filter[string]): condition is FieldCondition =>
  typeof condition === 'object' && condition !== null;

function valuesOf(value: Scalar | readonly Scalar[], path: Path): Comparison['values'] {
  const list: readonly (readonly [Scalar, Path])[] = Array.isArray(value)
    ? (value as readonly Scalar[]).map((one, i) => [one, [...path, i]] as const)
    : [[value as Scalar, path]];
  return list.flatMap(([one, at]) => (one === null ? [] : [{ value: one, path: at }]));
}
