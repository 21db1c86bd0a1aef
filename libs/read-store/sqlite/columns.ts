import type { Document, FieldType } from '../../event-sourcing/projection.js';
import { declaredTypes } from '../declared-types.js';
import type { CollectionShape } from '../read-store.js';

export type SqlValue = string | number | null;

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const tableNameOf = (collection: string): string => `amends_of_${collection}`;

/** The table of a collection. Analysts use a view. */
export const tableOf = (collection: string): string => quoted(tableNameOf(collection));

export const REMOVED = 'amends_removed';
export const CHECKPOINTS = 'amends_checkpoints';

/** The column of a declared field. The prefix keeps it apart from our own columns. */
export const columnOf = (field: string): string => (field === 'id' ? 'id' : quoted(`f_${field}`));

/** A value of a filter or a cursor, for binding. */
export const bound = (value: string | number | boolean | null): SqlValue =>
  typeof value === 'boolean' ? Number(value) : value;

/** A column's value, as the field's type. */
export const unbound = (value: unknown, type: FieldType): string | number | boolean | null => {
  if (value === null) return null;
  if (type === 'boolean') return value === 1;
  return typeof value === 'number' ? value : String(value);
};

/** A document's declared fields, for binding. @throws TypeError for a wrong type */
export const columnValues = (shape: CollectionShape): ((id: string, document: Document) => SqlValue[]) => {
  const check = declaredTypes(shape);
  const fields = Object.keys(shape.fields);
  return (id, document) => {
    check(id, document);
    return fields.map((field) => columnValue(document[field]));
  };
};

/**
 * Whether the columns of a stored row, which filters and sorts use, say the same as its document.
 * @param columns by declared field
 */
export const columnsAgree = (
  shape: CollectionShape,
): ((document: Document, columns: readonly unknown[]) => boolean) => {
  const fields = Object.keys(shape.fields);
  return (document, columns) =>
    fields.every((field, index) => storedAs(columnValue(document[field])) === columns[index]);
};

/** SQLite holds well-formed text alone. */
const storedAs = (value: SqlValue): SqlValue => (typeof value === 'string' ? value.toWellFormed() : value);

/** `value` has its declared type: text, a number, a boolean or a list. */
const columnValue = (value: unknown): SqlValue => {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'object' ? JSON.stringify(value) : (value as string | number);
};
