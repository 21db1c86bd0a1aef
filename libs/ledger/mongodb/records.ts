import { stated } from '../../event-sourcing/stated.js';
import type { LedgerRecord } from '../ledger.js';
import { type Kept, recordFrom, type Row } from '../row.js';

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
  /** Of key, due time and value. Older versions of Amends stored none. */
  readonly checksum?: number;
}

export const fieldsOf = ({
  key,
  value,
  dueAt,
  checksum,
}: Row): Pick<RecordDocument, 'value' | 'kind' | 'dueAt' | 'checksum'> => {
  const slash = key.indexOf('/');
  return stated({ value, kind: slash === -1 ? key : key.slice(0, slash), dueAt, checksum });
};

/** @throws LedgerDamaged for a record that differs from what was put */
export const recordOf = <T>({ _id, value, version, dueAt, checksum }: RecordDocument, kept: Kept): LedgerRecord<T> =>
  recordFrom<T>({ key: _id, value, version, dueAt, checksum }, kept);
