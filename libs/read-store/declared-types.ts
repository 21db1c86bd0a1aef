import type { Document, FieldType } from '../event-sourcing/projection.js';
import type { CollectionShape } from './read-store.js';

/** Checks a collection's documents. @throws TypeError for a wrong type, because filters would silently miss it */
export function declaredTypes({ name, fields, idBegins }: Pick<CollectionShape, 'name' | 'fields' | 'idBegins'>) {
  const declared = Object.entries(fields);
  return (id: string, document: Document): void => {
    for (const [field, type] of declared) {
      const value = document[field];
      if (value === undefined || value === null || IS[type](value)) continue;
      throw new TypeError(
        `${name} ${id}: ${field} is declared as ${type}, but holds ${JSON.stringify(value)}. Fix the projection.`,
      );
    }
    if (idBegins !== undefined && !id.startsWith(`${String(document[idBegins])}:`))
      throw new TypeError(
        `${name} ${id}: the id must begin with ${idBegins} and a colon, "${String(document[idBegins])}:". Fix the projection.`,
      );
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
