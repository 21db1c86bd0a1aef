import { shortened } from '../event-sourcing/one-line.js';
import type { FieldType } from '../event-sourcing/projection.js';
import { isStoredInstant } from '../event-sourcing/stored-instant.js';

/** What is wrong with a filter, where, and how to fix it. */
export interface FilterProblem {
  /** Such as `$or[1].priority.$gt`; empty for the filter as a whole. */
  readonly path: string;
  readonly message: string;
}

/** Far above what a person writes, and far below what strains a store. */
export const FILTER_LIMITS = { depth: 8, conditions: 200, values: 1_000, textLength: 1_000 } as const;

const COMPOUND_OPERATORS = ['$and', '$or', '$nor'] as const;
const FIELD_OPERATORS = ['$eq', '$ne', '$gt', '$gte', '$lt', '$lte', '$in', '$nin', '$exists'] as const;

type FieldOperator = (typeof FIELD_OPERATORS)[number];

const isOneOf = <T extends string>(names: readonly T[], name: string): name is T =>
  (names as readonly string[]).includes(name);

const isPlainObject = (value: unknown): value is Record<string, unknown> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};

/** Every object inherits these, so a condition on one would test JavaScript, not the document. */
const isPrototypeName = (name: string): boolean => name in Object.prototype;

/**
 * All problems of a filter. Without any, every store and the compiled predicate give the same answer. Without `fields`
 * it accepts any valid field name and any scalar value.
 *
 * Call it before a library parses the filter, because libraries treat an unknown operator as equality.
 */
export function checkFilter(filter: unknown, fields?: Readonly<Record<string, FieldType>>): readonly FilterProblem[] {
  return new FilterCheck(fields).problemsOf(filter);
}

/** All problems in one text; undefined if there are none. */
export const problemsText = (problems: readonly FilterProblem[]): string | undefined =>
  problems.length === 0
    ? undefined
    : problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join(' ');

class FilterCheck {
  private readonly problems: FilterProblem[] = [];
  private conditions = 0;
  private values = 0;

  constructor(private readonly fields: Readonly<Record<string, FieldType>> | undefined) {}

  problemsOf(filter: unknown): readonly FilterProblem[] {
    this.checkQuery(filter, '', 1);
    if (this.conditions > FILTER_LIMITS.conditions)
      this.add('', `A filter has at most ${FILTER_LIMITS.conditions} conditions, not ${this.conditions}. Use $in.`);
    if (this.values > FILTER_LIMITS.values)
      this.add('', `A filter names at most ${FILTER_LIMITS.values} values, not ${this.values}. Ask in parts.`);
    return this.problems;
  }

  private add(path: string, message: string): void {
    this.problems.push({ path, message });
  }

  private checkQuery(query: unknown, path: string, depth: number): void {
    if (!isPlainObject(query))
      return this.add(path, `A filter is an object such as {"priority": "high"}, not ${show(query)}.`);
    if (depth > FILTER_LIMITS.depth)
      return this.add(path, `A filter nests at most ${FILTER_LIMITS.depth} deep. Write it flatter.`);
    const parts = Object.entries(query);
    // An empty filter counts too, because SQLite limits the depth of an expression to 1,000.
    if (parts.length === 0) this.conditions += 1;
    for (const [name, value] of parts) {
      const at = path === '' ? name : `${path}.${name}`;
      if (isOneOf(COMPOUND_OPERATORS, name)) this.checkCompound(name, value, at, depth);
      else if (name.startsWith('$')) this.add(at, unknownOperator(name, COMPOUND_OPERATORS));
      else this.checkField(name, value, at);
    }
  }

  private checkCompound(operator: string, value: unknown, path: string, depth: number): void {
    if (!Array.isArray(value) || value.length === 0)
      return this.add(path, `${operator} takes a list of at least one filter, not ${show(value)}.`);
    if (value.length > FILTER_LIMITS.conditions)
      return this.add(path, `${operator} takes at most ${FILTER_LIMITS.conditions} filters, not ${value.length}.`);
    value.forEach((filter: unknown, index) => this.checkQuery(filter, `${path}[${index}]`, depth + 1));
  }

  private checkField(field: string, condition: unknown, path: string): void {
    this.conditions += 1;
    const type = this.typeOf(field, path);
    if (type === 'refused') return;
    if (condition === undefined)
      return this.add(path, 'The condition is missing. Leave the field out, or ask for null.');
    if (!isPlainObject(condition)) return this.checkOperator('$eq', condition, type, path);
    const operators = Object.entries(condition);
    if (operators.length === 0)
      return this.add(path, `Say what ${field} must be, with one of ${FIELD_OPERATORS.join(', ')}.`);
    for (const [operator, value] of operators) {
      const at = `${path}.${operator}`;
      if (isOneOf(FIELD_OPERATORS, operator)) this.checkOperator(operator, value, type, at);
      else this.add(at, unknownOperator(operator, FIELD_OPERATORS));
    }
    this.conditions += operators.length - 1;
  }

  private typeOf(field: string, path: string): FieldType | 'any' | 'refused' {
    if (field === '' || field.includes('.') || field.includes('\0') || isPrototypeName(field)) {
      this.add(path, `${show(field)} can't be a field's name. ${this.nameFields()}`);
      return 'refused';
    }
    if (this.fields === undefined) return 'any';
    const type = Object.hasOwn(this.fields, field) ? this.fields[field] : undefined;
    if (type !== undefined) return type;
    this.add(path, `There is no field ${show(field)}. ${this.nameFields()}`);
    return 'refused';
  }

  private nameFields(): string {
    return this.fields === undefined
      ? 'Name a declared field.'
      : `The fields are ${Object.keys(this.fields).join(', ')}.`;
  }

  private checkOperator(operator: FieldOperator, value: unknown, type: FieldType | 'any', path: string): void {
    switch (operator) {
      case '$exists':
        if (typeof value !== 'boolean') this.add(path, `$exists takes true or false, not ${show(value)}.`);
        return;
      case '$in':
      case '$nin':
        if (!Array.isArray(value)) return this.add(path, `${operator} takes a list of values, not ${show(value)}.`);
        this.values += value.length;
        if (value.length > FILTER_LIMITS.values) return;
        value.forEach((one: unknown, index) => this.checkValue(one, type, `${path}[${index}]`));
        return;
      case '$eq':
      case '$ne':
        if (type === 'strings')
          return this.add(
            path,
            `Only $in and $nin search a list: write {"${operator === '$eq' ? '$in' : '$nin'}": [...]}.`,
          );
        this.values += 1;
        return this.checkValue(value, type, path);
      case '$gt':
      case '$gte':
      case '$lt':
      case '$lte':
        if (type === 'strings' || type === 'boolean')
          return this.add(
            path,
            `${operator} has no meaning for ${ARTICLED[type]}. Use ${type === 'strings' ? '$in or $nin' : '$eq or $ne'}.`,
          );
        this.values += 1;
        if (value === null || typeof value === 'boolean')
          return this.add(
            path,
            `${operator} takes ${type === 'any' ? 'text or a number' : ARTICLED[type]}, not ${show(value)}.`,
          );
        return this.checkValue(value, type, path);
    }
  }

  private checkValue(value: unknown, type: FieldType | 'any', path: string): void {
    if (value === null) return;
    if (typeof value === 'string' && value.length > FILTER_LIMITS.textLength)
      return this.add(path, `A value has at most ${FILTER_LIMITS.textLength} characters, not ${value.length}.`);
    if (!ACCEPTS[type](value)) this.add(path, `The value must be ${ARTICLED[type]}, not ${show(value)}.`);
  }
}

const isText = (value: unknown): boolean => typeof value === 'string' && !value.includes('\0');

const ACCEPTS: Readonly<Record<FieldType | 'any', (value: unknown) => boolean>> = {
  any: (value) => isText(value) || typeof value === 'boolean' || Number.isFinite(value),
  string: isText,
  strings: isText,
  instant: isStoredInstant,
  integer: Number.isSafeInteger,
  number: Number.isFinite,
  boolean: (value) => typeof value === 'boolean',
};

const ARTICLED: Readonly<Record<FieldType | 'any', string>> = {
  any: 'text, a number, true, false or null',
  string: 'text',
  strings: 'text',
  instant: 'an instant such as 2031-05-05T09:00:00.000Z',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
};

const unknownOperator = (operator: string, known: readonly string[]): string =>
  `There is no operator ${show(operator)} here. Use ${known.join(', ')}.`;

const show = (value: unknown): string => {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  return shortened(JSON.stringify(value) ?? typeof value, 80);
};
