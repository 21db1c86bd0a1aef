import { never } from '../../event-sourcing/decider.js';
import type { Document, FieldType } from '../../event-sourcing/projection.js';
import type { CollectionShape } from '../read-store.js';

export type SqlValue = string | number | null;

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const tableNameOf = (collection: string): string => `amends_of_${collection}`;

/** The table of a collection. Analysts have a view over it. */
export const tableOf = (collection: string): string => quoted(tableNameOf(collection));

export const REMOVED = 'amends_removed';
export const CHECKPOINTS = 'amends_checkpoints';

/** A hyphen would have to be quoted in every query that an analyst writes. */
export const viewOf = (collection: string): string => quoted(collection.replaceAll('-', '_'));

/** A declared field as a column: apart from ours, such as position, whatever the field is called. */
export const columnOf = (field: string): string => (field === 'id' ? 'id' : quoted(`f_${field}`));

export const columnType = (type: FieldType): string => {
  switch (type) {
    case 'string':
    case 'instant':
    case 'strings':
      return 'TEXT';
    case 'integer':
    case 'boolean':
      return 'INTEGER';
    case 'number':
      return 'REAL';
    default:
      return never(type);
  }
};

/** A value of a filter or a cursor as it is bound. */
export const bound = (value: string | number | boolean | null): SqlValue =>
  typeof value === 'boolean' ? Number(value) : value;

/** What stands in a column, as the field's type has it. */
export const unbound = (value: unknown, type: FieldType): string | number | boolean | null => {
  if (value === null) return null;
  if (type === 'boolean') return value === 1;
  return typeof value === 'number' ? value : String(value);
};

/**
 * The declared fields of a document, ready to be bound.
 * @throws TypeError where a field holds another type than declared: filters would silently miss it.
 */
export const columnValues = ({ name, fields }: CollectionShape): ((id: string, document: Document) => SqlValue[]) => {
  const declared = Object.entries(fields);
  return (id, document) =>
    declared.map(([field, type]) => {
      const value = document[field];
      if (value === undefined || value === null) return null;
      const column = columnValue(value, type);
      if (column !== undefined) return column;
      throw new TypeError(
        `${name} ${id}: ${field} is declared as ${type}, but holds ${JSON.stringify(value)}. Right the projection.`,
      );
    });
};

const columnValue = (value: unknown, type: FieldType): SqlValue | undefined => {
  switch (type) {
    case 'string':
    case 'instant':
      return typeof value === 'string' ? value : undefined;
    case 'integer':
      return Number.isSafeInteger(value) ? (value as number) : undefined;
    case 'number':
      return Number.isFinite(value) ? (value as number) : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? Number(value) : undefined;
    case 'strings':
      return Array.isArray(value) && value.every((one) => typeof one === 'string') ? JSON.stringify(value) : undefined;
    default:
      return never(type);
  }
};
