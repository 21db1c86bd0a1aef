import canonicalize from 'canonicalize';
import type { FieldCondition, Filter, Scalar } from '../../filter/filter.js';

/** The possible values of the fields that have few. */
export type KnownValues = Readonly<Record<string, readonly Scalar[]>>;

type Part = readonly [field: string, condition: Scalar | FieldCondition];

const isList = (value: Filter[string]): value is readonly Filter[] => Array.isArray(value);

/** The conditions on fields that must all hold, with those in $and; without $or and $nor. */
function parts(filter: Filter): readonly Part[] {
  return Object.entries(filter).flatMap(([name, value]): readonly Part[] => {
    if (isList(value)) return name === '$and' ? value.flatMap(parts) : [];
    return value === undefined ? [] : [[name, value]];
  });
}

const alternatives = (filter: Filter): readonly (readonly Filter[])[] =>
  Object.entries(filter).flatMap(([name, value]) => {
    if (!isList(value)) return [];
    return name === '$or' ? [value] : name === '$and' ? value.flatMap(alternatives) : [];
  });

const conditionOf = (condition: Scalar | FieldCondition): FieldCondition =>
  typeof condition === 'object' && condition !== null ? condition : { $eq: condition };

/** True if a filter can certainly never hold. It looks at each field alone, so false proves nothing. */
export function neverHolds(filter: Filter, known: KnownValues): boolean {
  if (alternatives(filter).some((either) => either.every((one) => neverHolds(one, known)))) return true;
  const all = parts(filter);
  return all.some(([field]) => {
    const asked = all.filter(([other]) => other === field).map(([, condition]) => conditionOf(condition));
    return nothingBetween(asked) || noValueLeft(asked, known[field], field === 'tags');
  });
}

function nothingBetween(conditions: readonly FieldCondition[]): boolean {
  const numbers = (...bounds: readonly (string | number | undefined)[]) =>
    bounds.filter((bound) => typeof bound === 'number');
  const low = Math.max(...conditions.flatMap(({ $gt, $gte }) => numbers($gt, $gte)));
  const high = Math.min(...conditions.flatMap(({ $lt, $lte }) => numbers($lt, $lte)));
  const open = conditions.some(({ $gt, $lt }) => $gt === low || $lt === high);
  return low > high || (low === high && open);
}

function noValueLeft(
  conditions: readonly FieldCondition[],
  known: readonly Scalar[] | undefined,
  many: boolean,
): boolean {
  const named = conditions.flatMap(({ $eq, $in }) => [...($eq === undefined ? [] : [[$eq]]), ...($in ? [$in] : [])]);
  if (named.some((values) => values.length === 0)) return true;
  if (many) return false; // a list can hold several values at once
  const out = new Set(conditions.flatMap(({ $ne, $nin = [] }) => ($ne === undefined ? $nin : [$ne, ...$nin])));
  const candidates = named[0] ?? known;
  if (!candidates) return false;
  return !candidates.some(
    (value) => !out.has(value) && named.every((values) => values.includes(value)) && (known?.includes(value) ?? true),
  );
}

/** True if the first certainly holds whenever the second does. It compares the text, so false proves nothing. */
export function covers(wide: Filter, narrow: Filter): boolean {
  if (Object.entries(wide).some(([name, value]) => isList(value) && name !== '$and')) {
    return canonicalize(wide) === canonicalize(narrow);
  }
  const given = parts(narrow);
  return parts(wide).every(([field, condition]) =>
    given.some(([other, narrower]) => {
      if (other !== field) return false;
      if (canonicalize(conditionOf(condition)) === canonicalize(conditionOf(narrower))) return true;
      const { $in, ...rest } = conditionOf(condition);
      const { $eq } = conditionOf(narrower);
      return $in !== undefined && Object.keys(rest).length === 0 && $eq !== undefined && $in.includes($eq);
    }),
  );
}
