import { QueryRefused } from './read-store.js';

export type SortValue = string | number | boolean | null;

/** The place after a page: the build, the sort, and the sort values of the page's last document. */
export interface Cursor {
  readonly generation: number;
  readonly collection: string;
  /** Such as `dueAt asc, id asc`. */
  readonly order: string;
  readonly values: readonly SortValue[];
}

export const writeCursor = ({ generation, collection, order, values }: Cursor): string =>
  Buffer.from(JSON.stringify([generation, collection, order, values])).toString('base64url');

/** @throws QueryRefused if the cursor is of another query or build */
export const readCursor = (text: string, place: Omit<Cursor, 'values'>, length: number): readonly SortValue[] => {
  const cursor = decode(text);
  if (!cursor) throw new QueryRefused('This is not a cursor of a page. Leave `after` out to start again.', 'after');
  if (cursor.collection !== place.collection || cursor.order !== place.order || cursor.values.length !== length)
    throw new QueryRefused('This cursor is from another query. Leave `after` out to start again.', 'after');
  if (cursor.generation !== place.generation)
    throw new QueryRefused(
      'The read models were rebuilt since the page before, so its cursor is stale. Leave `after` out to start again.',
      'after',
    );
  return cursor.values;
};

const decode = (text: string): Cursor | undefined => {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (!Array.isArray(parts) || parts.length !== 4) return undefined;
  const [generation, collection, order, values] = parts as unknown[];
  return typeof generation === 'number' &&
    typeof collection === 'string' &&
    typeof order === 'string' &&
    isValues(values)
    ? { generation, collection, order, values }
    : undefined;
};

const isValues = (values: unknown): values is SortValue[] =>
  Array.isArray(values) && values.every((one) => one === null || ['string', 'number', 'boolean'].includes(typeof one));
