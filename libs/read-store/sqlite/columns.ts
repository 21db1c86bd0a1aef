import type { FieldType } from '../../event-sourcing/projection.js';

export type SqlValue = string | number | null;

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const tableNameOf = (collection: string): string => `amends_of_${collection}`;

/** The table of a collection. Analysts use a view. */
export const tableOf = (collection: string): string => quoted(tableNameOf(collection));

export const REMOVED = 'amends_removed';
export const CHECKPOINTS = 'amends_checkpoints';

/** The column of a declared field. The prefix keeps it apart from our own columns. */
export const columnOf = (field: string): string => (field === 'id' ? 'id' : quoted(`f_${field}`));

/** Whether a document has the declared field with this place, be it null. */
export const isPresent = (place: number): string => `(absent IS NULL OR instr(',' || absent || ',', ',${place},') = 0)`;

/** A value of a filter or a cursor, for binding. */
export const bound = (value: string | number | boolean | null): SqlValue =>
  typeof value === 'boolean' ? Number(value) : value;

/** A column's value, as the field's type. */
export const unbound = (value: unknown, type: FieldType): string | number | boolean | null => {
  if (value === null) return null;
  if (type === 'boolean') return value === 1;
  return typeof value === 'number' ? value : String(value);
};

/** `value` has its declared type: text, a number, a boolean or a list. */
export const columnValue = (value: unknown): SqlValue => {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean') return Number(value);
  // JSON has no minus zero.
  if (value === 0) return 0;
  return typeof value === 'object' ? JSON.stringify(value) : (value as string | number);
};
