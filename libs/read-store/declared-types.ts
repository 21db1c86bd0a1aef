import type { Document, FieldType } from '../event-sourcing/projection.js';
import type { CollectionShape } from './read-store.js';

/** Checks a collection's documents. @throws TypeError for a wrong type, because filters would silently miss it */
export function declaredTypes({ name, fields }: Pick<CollectionShape, 'name' | 'fields'>) {
  const declared = Object.entries(fields);
  return (id: string, document: Document): void => {
    for (const [field, type] of declared) {
      const value = document[field];
      if (value === undefined || value === null || IS[type](value)) continue;
      throw new TypeError(
        `${name} ${id}: ${field} is declared as ${type}, but holds ${JSON.stringify(value)}. Fix the projection.`,
      );
    }
  };
}

const isText = (value: unknown): boolean => typeof value === 'string';

const IS: Readonly<Record<FieldType, (value: unknown) => boolean>> = {
  string: isText,
  instant: isText,
  integer: Number.isSafeInteger,
  number: Number.isFinite,
  boolean: (value) => typeof value === 'boolean',
  strings: (value) => Array.isArray(value) && value.every(isText),
};
