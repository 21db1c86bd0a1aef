import { never } from '../event-sourcing/decider.js';
import type { Document, FieldType } from '../event-sourcing/projection.js';
import type { CollectionShape } from './read-store.js';

/** @throws TypeError where a document contradicts what its collection declares: filters would silently miss it. */
export function refuseOtherTypes(
  { name, fields }: Pick<CollectionShape, 'name' | 'fields'>,
  id: string,
  document: Document,
): void {
  for (const [field, type] of Object.entries(fields)) {
    const value = document[field];
    if (value === undefined || value === null || isOf(type, value)) continue;
    throw new TypeError(
      `${name} ${id}: ${field} is declared as ${type}, but holds ${JSON.stringify(value)}. Right the projection.`,
    );
  }
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
