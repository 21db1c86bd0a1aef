import type { FieldType } from '../../event-sourcing/projection.js';
import { type CollectionShape, QueryRefused } from '../read-store.js';

/** Fields that may be asked for: the declared ones and the id. */
export const askable = ({ fields }: CollectionShape): Readonly<Record<string, FieldType>> => ({
  ...fields,
  id: 'string',
});

/** A field as it is stored. */
export const storedName = (field: string): string => (field === 'id' ? '_id' : field);

/** The fields that sorts and groups may name, in words. */
export const sayFields = ({ fields }: CollectionShape): string =>
  `The fields are ${['id', ...Object.keys(fields).filter((field) => fields[field] !== 'strings')].join(', ')}.`;

/** @throws QueryRefused where the field isn't declared, or holds a list. */
export const refuseUnordered = (field: string, shape: CollectionShape, what: 'sort' | 'by'): void => {
  const fields = askable(shape);
  const type = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (type !== undefined && type !== 'strings') return;
  const done = what === 'sort' ? 'sorted' : 'grouped';
  throw new QueryRefused(`${shape.name} can't be ${done} by ${JSON.stringify(field)}. ${sayFields(shape)}`, what);
};
