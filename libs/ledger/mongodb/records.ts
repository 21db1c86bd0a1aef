import { stated } from '../../event-sourcing/stated.js';
import type { LedgerRecord } from '../ledger.js';
import type { Row } from '../row.js';

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

export const fieldsOf = ({ key, value, dueAt }: Row): Pick<RecordDocument, 'value' | 'kind' | 'dueAt'> => {
  const slash = key.indexOf('/');
  return stated({ value, kind: slash === -1 ? key : key.slice(0, slash), dueAt });
};

export const recordOf = <T>({ _id, value, version, dueAt }: RecordDocument): LedgerRecord<T> =>
  stated({ key: _id, value: JSON.parse(value) as T, version, dueAt });
