import { QueryRefused } from './read-store.js';

export type SortValue = string | number | boolean | null;

/** The place after a page: the build, the sort, and the sort values of the page's last document. */
interface Cursor {
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
  const [generation, collection, order, values] = decode(text);
  if (typeof generation !== 'number' || !isValues(values)) throw refused('This is not a cursor of a page.');
  if (collection !== place.collection || order !== place.order || values.length !== length)
    throw refused('This cursor is from another query.');
  if (generation !== place.generation)
    throw refused('The read models were rebuilt since the page before, so its cursor is stale.');
  return values;
};

const refused = (why: string): QueryRefused => new QueryRefused(`${why} Leave \`after\` out to start again.`, 'after');

const decode = (text: string): readonly unknown[] => {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return Array.isArray(parts) ? parts : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
};

const isValues = (values: unknown): values is SortValue[] =>
  Array.isArray(values) && values.every((one) => one === null || ['string', 'number', 'boolean'].includes(typeof one));
