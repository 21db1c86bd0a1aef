import type { LedgerRecord, Put } from '../ledger.js';

/** A record as MongoDB stores it. Never reuse a field's name for another meaning. */
export interface RecordDocument {
  /** The key. */
  readonly _id: string;
  /** JSON text, because MongoDB can't store every field name. */
  readonly value: string;
  readonly version: number;
  /** The key up to the first slash. */
  readonly kind: string;
  /** UTC, ISO 8601, with milliseconds. */
  readonly dueAt?: string;
}

/** A checked put; the value is a copy. */
export interface Row {
  readonly key: string;
  readonly value: string;
  readonly expected: number | undefined;
  readonly dueAt: string | undefined;
}

/** The last code point: sorts after every other. */
export const LAST = '\u{10FFFF}';
/** Half of a pair, which UTF-8 can't encode. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** @throws TypeError for a malformed key, value or due time */
export const rowOf = ({ key, value, expected, dueAt }: Put): Row => {
  if (key === '' || key.includes('\0') || key.includes(LAST) || LONE_SURROGATE.test(key))
    throw new TypeError(`A key of the ledger must be well-formed text such as outbox/42, not ${JSON.stringify(key)}.`);
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) throw new TypeError(`The value of ${key} must be JSON, not ${typeof value}.`);
  return { key, value: text, expected, dueAt: dueAt === undefined ? undefined : instant(dueAt, `dueAt of ${key}`) };
};

export const fieldsOf = ({ key, value, dueAt }: Row): Pick<RecordDocument, 'value' | 'kind' | 'dueAt'> => {
  const slash = key.indexOf('/');
  return { value, kind: slash === -1 ? key : key.slice(0, slash), ...(dueAt === undefined ? {} : { dueAt }) };
};

export const recordOf = <T>({ _id, value, version, dueAt }: RecordDocument): LedgerRecord<T> => ({
  key: _id,
  value: JSON.parse(value) as T,
  version,
  ...(dueAt === undefined ? {} : { dueAt }),
});

/** Always with milliseconds, so that instants sort as text. */
export const instant = (text: string, what: string): string => {
  const time = Date.parse(text);
  if (Number.isNaN(time))
    throw new TypeError(`${what} must be an instant such as 2031-05-05T09:00:00.000Z, not "${text}".`);
  return new Date(time).toISOString();
};
