import type { Answer, Money } from '../../recovery/vocabulary/fields.js';
import { SCALES, type Metric } from '../../recovery/vocabulary/scales.js';
import type { TypedColumn } from './column-types.js';
import { isCurrency, minorUnits } from './currencies.js';
import { shapeOf, type FieldShape } from './event-shapes.js';
import { RowRejected, type Value } from './mapping.js';
import { compileNumbers } from './numbers.js';
import type { RowContext } from './row-context.js';

type Read = (context: RowContext) => unknown;
type Report = (path: readonly (string | number)[], message: string) => void;

/** The event's data that the mapping sets, for a row. @throws RowRejected for an invalid value */
export type ReadData = (context: RowContext) => Record<string, unknown>;

/** Compiles a rule's `set`, and reports what can never fit its event. */
export function compileSet(
  type: string,
  set: Readonly<Record<string, Value>>,
  report: Report,
  typeOf: (column: string) => Pick<TypedColumn, 'read' | 'what'> | undefined,
): ReadData {
  const shape = shapeOf(type);
  if (!shape) return () => ({});
  for (const field of Object.keys(set)) {
    const known = Object.hasOwn(shape, field) ? shape[field] : undefined;
    const settable = Object.keys(shape).filter((name) => !shape[name]?.given);
    if (!known)
      report(['set', field], `${type} has no field "${field}". It has ${settable.join(', ') || 'none to set'}.`);
    else if (known.given) report(['set', field], `${type}.${field} comes from the import: leave it out.`);
  }
  const reads: { field: string; shape: FieldShape; read: Read | undefined }[] = [];
  for (const [field, fieldShape] of Object.entries(shape)) {
    if (fieldShape.given) continue;
    const value = Object.hasOwn(set, field) ? set[field] : undefined;
    if (value === undefined && fieldShape.required && fieldShape.otherwise === undefined) {
      report([], `${type} needs "${field}": set it under "set".`);
    }
    if (value !== undefined) checkValue(value, fieldShape, (message) => report(['set', field], message));
    reads.push({
      field,
      shape: fieldShape,
      read: value === undefined ? undefined : compileValue(value, field, typeOf),
    });
  }
  return (context) => {
    const data: Record<string, unknown> = {};
    for (const { field, shape: fieldShape, read } of reads) {
      const value = read?.(context) ?? fieldShape.otherwise;
      if (value === undefined) {
        if (fieldShape.required) throw new RowRejected(`${type} needs ${field}, and the row has none`, field);
        continue;
      }
      if (fieldShape.oneOf && !fieldShape.oneOf.includes(String(value))) {
        throw new RowRejected(`${field} must be one of ${fieldShape.oneOf.join(', ')}, not "${String(value)}"`, field);
      }
      data[field] = value;
    }
    return data;
  };
}

function checkValue(value: Value, { kind, oneOf }: FieldShape, report: (message: string) => void): void {
  const found = kindOf(value);
  if (isObject(value) && 'money' in value) {
    const { currency } = value.money;
    if (typeof currency === 'string' && !isCurrency(currency))
      report(`"${currency}" is no currency. Use EUR, USD, ...`);
  }
  if (found !== kind) report(`This must be ${KINDS[kind]}, not ${KINDS[found]}.`);
  if (!oneOf) return;
  const texts: string[] = [];
  if (typeof value === 'string') texts.push(value);
  if (isObject(value) && 'column' in value) {
    texts.push(...Object.values(value.map ?? {}));
    if (value.otherwise !== undefined) texts.push(value.otherwise);
  }
  for (const text of texts) {
    if (!oneOf.includes(text)) report(`"${text}" is not one of ${oneOf.join(', ')}.`);
  }
}

const KINDS = {
  text: 'a text (a constant, a column, a previous column or a rule)',
  texts: 'a list of texts (a constant list or a path)',
  boolean: 'true or false',
  answers: 'scores',
  money: 'money',
};

function kindOf(value: Value): FieldShape['kind'] {
  if (typeof value === 'boolean') return 'boolean';
  if (Array.isArray(value)) return 'texts';
  if (isObject(value) && 'path' in value) return 'texts';
  if (isObject(value) && 'scores' in value) return 'answers';
  if (isObject(value) && 'money' in value) return 'money';
  return 'text';
}

const isObject = (value: Value): value is Exclude<Extract<Value, object>, readonly string[]> =>
  typeof value === 'object' && !Array.isArray(value);

function compileValue(value: Value, field: string, typeOf: Parameters<typeof compileSet>[3]): Read {
  if (typeof value === 'number') return () => String(value);
  if (!isObject(value)) return () => value;
  if ('column' in value) return compileColumn(value, field);
  if ('previous' in value) return ({ previous }) => previous[value.previous];
  if ('path' in value)
    return ({ row }) =>
      pathOf(
        value.path.map((column) => row[column]),
        value.blank,
      );
  if ('scores' in value) return ({ row }) => answersOf(value.scores, row);
  if ('money' in value) return ({ row }) => moneyOf(value.money, row, typeOf(value.money.amount));
  return ({ rules }) => rules[value.rule];
}

function compileColumn(
  { column, map, otherwise }: { column: string; map?: Readonly<Record<string, string>>; otherwise?: string },
  field: string,
): Read {
  if (!map) return ({ row }) => row[column] ?? otherwise;
  const known = new Map(Object.entries(map));
  return ({ row }) => {
    const text = row[column];
    if (text === undefined) return otherwise;
    const mapped = known.get(text) ?? otherwise;
    if (mapped === undefined)
      throw new RowRejected(`${column} "${text}" is not in the mapping's list for ${field}`, column);
    return mapped;
  };
}

function pathOf(levels: readonly (string | undefined)[], blank: string | undefined): readonly string[] | undefined {
  const last = levels.findLastIndex((level) => level !== undefined);
  if (last < 0) return undefined;
  return levels.slice(0, last + 1).flatMap((level) => level ?? blank ?? []);
}

function answersOf(scores: { readonly [metric in Metric]?: string }, row: RowContext['row']): readonly Answer[] {
  return (Object.entries(scores) as [Metric, string][]).flatMap(([metric, column]) => {
    const text = row[column];
    if (text === undefined) return [];
    // Number() would also read "0x5", "1e1" and " ".
    const score = /^\d+$/.test(text) ? Number(text) : NaN;
    const { from: least, to: most } = SCALES[metric];
    if (!(score >= least && score <= most)) {
      throw new RowRejected(`${column} must be a whole number from ${least} to ${most}, not "${text}"`, column);
    }
    return [{ metric, score }];
  });
}

type MoneyOfColumns = Extract<Value, { money: unknown }>['money'];

function moneyOf(
  { amount: column, currency: said }: MoneyOfColumns,
  row: RowContext['row'],
  typed: Pick<TypedColumn, 'read' | 'what'> = PLAIN_NUMBER,
): Money | undefined {
  const text = row[column];
  if (text === undefined) return undefined;
  const currency = typeof said === 'string' ? said : row[said.column];
  if (currency === undefined || !isCurrency(currency)) {
    const where = typeof said === 'string' ? column : said.column;
    throw new RowRejected(`${where} must be a currency such as EUR, not "${currency ?? ''}"`, where);
  }
  const number = typed.read(text);
  if (typeof number !== 'number' || number < 0)
    throw new RowRejected(`${column} must be ${typed.what}, and not below 0, not "${text}"`, column);
  const amount = minorUnits(number, currency);
  if (amount === undefined)
    throw new RowRejected(`${column} "${text}" has more digits after the point than ${currency} has`, column);
  if (amount > MOST_MONEY) throw new RowRejected(`${column} "${text}" is more than an offer can be`, column);
  return { amount, currency };
}

const PLAIN_NUMBER = { read: compileNumbers('1234.5'), what: 'a number such as 1234.5' };
/** In minor units, as an event's field allows. */
const MOST_MONEY = 1_000_000_000_000;
