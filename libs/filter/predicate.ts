import { never } from '../event-sourcing/decider.js';
import type { Filter, Scalar } from './filter.js';
import { type FilterTree, parseFilter } from './parse-filter.js';

type Predicate<T> = (this: void, document: T) => boolean;
type Test = (this: void, value: unknown) => boolean;

/**
 * A filter as a function, with MongoDB's meaning: null matches null and a missing field, $ne and $nin match a missing
 * field, and order exists only between values of one type. Text sorts by code point, as stores sort it by UTF-8 bytes.
 *
 * A replay calls it several times per event, so a call allocates nothing.
 * @throws FilterRefused if checkFilter finds a problem
 */
export function compileFilter<T extends object>(filter: Filter): Predicate<T> {
  return predicateOf<T>(parseFilter(filter));
}

const predicateOf = <T extends object>(tree: FilterTree): Predicate<T> => {
  if ('field' in tree) return onField<T>(tree.field, testOf(tree));
  const predicates = tree.conditions.map(predicateOf<T>);
  switch (tree.operator) {
    case 'and':
      return all(predicates);
    case 'or':
      return any(predicates);
    case 'nor': {
      const one = any(predicates);
      return (document) => !one(document);
    }
    default:
      return never(tree);
  }
};

const all = <T>(predicates: readonly Predicate<T>[]): Predicate<T> => {
  const [first, second] = predicates;
  if (first === undefined) return () => true;
  if (second === undefined) return first;
  if (predicates.length === 2) return (document) => first(document) && second(document);
  return (document) => {
    for (const predicate of predicates) if (!predicate(document)) return false;
    return true;
  };
};

const any = <T>(predicates: readonly Predicate<T>[]): Predicate<T> => {
  const [first, second] = predicates;
  if (first === undefined) return () => false;
  if (second === undefined) return first;
  if (predicates.length === 2) return (document) => first(document) || second(document);
  return (document) => {
    for (const predicate of predicates) if (predicate(document)) return true;
    return false;
  };
};

const onField =
  <T extends object>(field: string, test: Test): Predicate<T> =>
  (document) =>
    test((document as Record<string, unknown>)[field]);

type FieldTest = Extract<FilterTree, { field: string }>;

const testOf = (tree: FieldTest): Test => {
  switch (tree.operator) {
    case 'eq':
      return equal(tree.value);
    case 'ne':
      return not(equal(tree.value));
    case 'in':
      return among(tree.values);
    case 'nin':
      return not(among(tree.values));
    case 'exists':
      return tree.value ? (value) => value !== undefined : (value) => value === undefined;
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return typeof tree.value === 'string' ? ofText(tree.operator, tree.value) : ofNumber(tree.operator, tree.value);
    default:
      return never(tree);
  }
};

const not =
  (test: Test): Test =>
  (value) =>
    !test(value);

const equal = (wanted: Scalar): Test =>
  wanted === null ? (value) => value === null || value === undefined : (value) => value === wanted;

const among = (wanted: readonly Scalar[]): Test => {
  const absent = wanted.includes(null);
  const set = new Set<unknown>(wanted);
  return (value) => {
    if (value === undefined) return absent;
    if (!Array.isArray(value)) return set.has(value);
    for (const one of value) if (set.has(one)) return true;
    return false;
  };
};

type Order = 'gt' | 'gte' | 'lt' | 'lte';

/** Below the surrogates, code units sort like code points. */
const NOT_IN_ORDER = /[\ud800-\uffff]/;

const ofText = (operator: Order, bound: string): Test => {
  if (NOT_IN_ORDER.test(bound)) return ofAnyText(operator, bound);
  switch (operator) {
    case 'gt':
      return (value) => typeof value === 'string' && value > bound;
    case 'gte':
      return (value) => typeof value === 'string' && value >= bound;
    case 'lt':
      return (value) => typeof value === 'string' && value < bound;
    case 'lte':
      return (value) => typeof value === 'string' && value <= bound;
  }
};

const ofAnyText = (operator: Order, bound: string): Test => {
  const inOrder = ofNumber(operator, 0);
  return (value) => typeof value === 'string' && inOrder(byCodePoints(value, bound));
};

const byCodePoints = (one: string, other: string): number => {
  const shorter = Math.min(one.length, other.length);
  for (let at = 0; at < shorter; at++) {
    const left = one.charCodeAt(at);
    const right = other.charCodeAt(at);
    if (left !== right) return placeOf(left) - placeOf(right);
  }
  return one.length - other.length;
};

/** Surrogates encode characters beyond U+FFFF, so they sort after all other code units. */
const placeOf = (unit: number): number => (unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit);

const ofNumber = (operator: Order, bound: number): Test => {
  switch (operator) {
    case 'gt':
      return (value) => typeof value === 'number' && value > bound;
    case 'gte':
      return (value) => typeof value === 'number' && value >= bound;
    case 'lt':
      return (value) => typeof value === 'number' && value < bound;
    case 'lte':
      return (value) => typeof value === 'number' && value <= bound;
  }
};
