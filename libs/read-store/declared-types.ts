import { never } from '../event-sourcing/decider.js';
import type { Document, FieldType } from '../event-sourcing/projection.js';
import type { CollectionShape } from './read-store.js';

/** Checks a collection's documents. @throws TypeError for a wrong type, because filters would silently miss it */
export function declaredTypes({
  name,
  fields,
}: Pick<CollectionShape, 'name' | 'fields'>): (id: string, document: Document) => void {
  const declared = Object.entries(fields);
  return (id, document) => {
    for (const [field, type] of declared) {
      const value = document[field];
      if (value === undefined || value === null || isOf(type, value)) continue;
      throw new TypeError(
        `${name} ${id}: ${field} is declared as ${type}, but holds ${JSON.stringify(value)}. Fix the projection.`,
      );
    }
  };
}

const isOf = (type: FieldType, value: unknown): boolean => {
  switch (type) {
    case 'string':
    case 'instant':
      return typeof value === 'string';
    case 'integer':
      return Number.isSafeInteger(value);
    case 'number':
      return Number.isFinite(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'strings':
      return Array.isArray(value) && value.every((one) => typeof one === 'string');
    default:
      return never(type);
  }
};
