import { crc32 } from 'node:zlib';
import { stated } from '../event-sourcing/stated.js';
import { LedgerDamaged, type LedgerRecord, type Put } from './ledger.js';

/** A checked put; the value is a copy. */
export interface Row {
  readonly key: string;
  readonly value: string;
  readonly expected: number | undefined;
  readonly dueAt: string | undefined;
  readonly checksum: number;
}

/** A record as it is stored. */
export interface StoredRow {
  readonly key: string;
  readonly value: string;
  readonly version: number;
  readonly dueAt: string | undefined;
  /** Undefined in a record of before there were checksums; its next put adds one. */
  readonly checksum: number | undefined;
}

/** Where records are kept, for the words of LedgerDamaged. */
export interface Kept {
  /** A file, or an engine. */
  readonly where: string;
  readonly name: 'ledger' | 'vault';
}

/** The last code point: sorts after every other. */
export const LAST = '\u{10FFFF}';

/** @throws TypeError for a malformed key, value or due time */
export const rowOf = ({ key, value, expected, dueAt }: Put): Row => {
  if (key === '' || key.includes('\0') || key.includes(LAST) || !key.isWellFormed())
    throw new TypeError(`A key of the ledger must be well-formed text such as outbox/42, not ${JSON.stringify(key)}.`);
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) throw new TypeError(`The value of ${key} must be JSON, not ${typeof value}.`);
  const due = dueAt === undefined ? undefined : instant(dueAt, `dueAt of ${key}`);
  return { key, value: text, expected, dueAt: due, checksum: checksumOf(key, text, due) };
};

/** Without the version: writers only compare it, and the store raises it. No key has a zero in it. */
const checksumOf = (key: string, value: string, dueAt = ''): number => crc32(value, crc32(`${key}\0${dueAt}\0`));

/** @throws LedgerDamaged for a record that differs from what was put */
export const recordFrom = <T>(stored: StoredRow, kept: Kept): LedgerRecord<T> => {
  const { key, value, version, dueAt, checksum } = stored;
  if (checksum !== undefined && checksum !== checksumOf(key, value, dueAt))
    throw damagedRecord(key, kept, 'its checksum does not match');
  try {
    return stated({ key, value: JSON.parse(value) as T, version, dueAt });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw damagedRecord(key, kept, 'its value is no longer JSON');
  }
};

const damagedRecord = (key: string, kept: Kept, why: string): LedgerDamaged =>
  new LedgerDamaged(`Record ${key} in ${kept.where} is damaged: ${why}.`, remedyFor(kept), key);

/** What mends a ledger or a vault. */
export const remedyFor = ({ name }: Kept): string =>
  `Restore the ${name} from ${name === 'vault' ? 'its' : 'a'} back-up, as docs/operators/damage.md says.`;

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
