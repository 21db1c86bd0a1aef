import { CompoundCondition, type Condition, FieldCondition } from '@ucast/core';
import { $and, $eq, $exists, $gt, $gte, $in, $lt, $lte, $ne, $nin, $nor, $or, MongoQueryParser } from '@ucast/mongo';
import type { FieldType } from '../event-sourcing/projection.js';
import { checkFilter, problemsText } from './check-filter.js';
import type { Filter, Scalar } from './filter.js';

/** A checked and parsed filter, for predicates and queries. */
export type FilterTree =
  | { readonly operator: 'and' | 'or' | 'nor'; readonly conditions: readonly FilterTree[] }
  | { readonly operator: 'eq' | 'ne'; readonly field: string; readonly value: Scalar }
  | { readonly operator: 'gt' | 'gte' | 'lt' | 'lte'; readonly field: string; readonly value: string | number }
  | { readonly operator: 'in' | 'nin'; readonly field: string; readonly values: readonly Scalar[] }
  | { readonly operator: 'exists'; readonly field: string; readonly value: boolean };

/** The filter has problems: the message names each and how to fix it. */
export class FilterRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FilterRefused';
  }
}

const parser = new MongoQueryParser({ $and, $or, $nor, $eq, $ne, $gt, $gte, $lt, $lte, $in, $nin, $exists });

/** @throws FilterRefused if checkFilter finds a problem */
export function parseFilter(filter: Filter, fields?: Readonly<Record<string, FieldType>>): FilterTree {
  const refusal = problemsText(checkFilter(filter, fields));
  if (refusal !== undefined) throw new FilterRefused(refusal);
  return treeOf(parser.parse(plain(filter)));
}

/** The fields that a filter reads. @throws FilterRefused if checkFilter finds a problem */
export function fieldsOf(filter: Filter): ReadonlySet<string> {
  const fields = new Set<string>();
  const visit = (tree: FilterTree): void => {
    if ('conditions' in tree) tree.conditions.forEach(visit);
    else fields.add(tree.field);
  };
  visit(parseFilter(filter));
  return fields;
}

/** The parser takes an object without a prototype for a value, not for operators. */
const plain = (filter: Filter): Filter => JSON.parse(JSON.stringify(filter)) as Filter;

/** checkFilter has already checked the types of operators and values. */
const treeOf = (condition: Condition): FilterTree => {
  if (condition instanceof CompoundCondition)
    return { operator: condition.operator as 'and' | 'or' | 'nor', conditions: condition.value.map(treeOf) };
  if (!(condition instanceof FieldCondition))
    throw new Error(`The filter's parser made an unforeseen ${condition.operator}.`);
  const { operator, field, value } = condition as FieldCondition<never>;
  switch (operator) {
    case 'eq':
    case 'ne':
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
    case 'exists':
      return { operator, field, value };
    case 'in':
    case 'nin':
      return { operator, field, values: value };
    default:
      throw new Error(`The filter's parser made an unforeseen ${operator}.`);
  }
};
