import type { Put } from './ledger.js';

/** A checked put; the value is a copy. */
export interface Row {
  readonly key: string;
  readonly value: string;
  readonly expected: number | undefined;
  readonly dueAt: string | undefined;
}

/** The last code point: sorts after every other. */
export const LAST = '\u{10FFFF}';

/** @throws TypeError for a malformed key, value or due time */
export const rowOf = ({ key, value, expected, dueAt }: Put): Row => {
  if (key === '' || key.includes('\0') || key.includes(LAST) || !key.isWellFormed())
    throw new TypeError(`A key of the ledger must be well-formed text such as outbox/42, not ${JSON.stringify(key)}.`);
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) throw new TypeError(`The value of ${key} must be JSON, not ${typeof value}.`);
  return { key, value: text, expected, dueAt: dueAt === undefined ? undefined : instant(dueAt, `dueAt of ${key}`) };
};

/** Always with milliseconds, so that instants sort as text. */
export const instant = (text: string, what: string): string => {
  const time = Date.parse(text);
  if (Number.isNaN(time))
    throw new TypeError(`${what} must be an instant such as 2031-05-05T09:00:00.000Z, not "${text}".`);
  return new Date(time).toISOString();
};

export const refuseToWrite = (mode: 'write' | 'read'): void => {
  if (mode === 'read') throw new Error('This ledger was opened for reading. Open it with mode write to change it.');
};
