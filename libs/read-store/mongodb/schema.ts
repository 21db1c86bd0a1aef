import type { IndexDescription } from 'mongodb';
import type { CollectionShape } from '../read-store.js';

export const GENERATIONS = 'amends_generations';
export const CHECKPOINTS = 'amends_checkpoints';

/** The collection of a read model in a build. Analysts use views. */
export const collectionOf = (generation: number, readModel: string): string => `amends_g${generation}_${readModel}`;

/** The build of a collection. */
export const generationOf = (collection: string): number | undefined => {
  const [, id] = /^amends_g(\d+)_/.exec(collection) ?? [];
  return id === undefined ? undefined : Number(id);
};

export const shownTo = (shapes: readonly CollectionShape[]): readonly CollectionShape[] =>
  shapes.filter(({ internal }) => !internal);

/** Analysts see documents that weren't removed, with their build. */
export const VIEW_PIPELINE = [
  { $match: { 'amends.shown': true } },
  { $project: { 'amends.shard': 0, 'amends.position': 0, 'amends.shown': 0, 'amends.text': 0 } },
];

/** The declared indexes and lookups, with the id for paging, and one by shard for `scan`. They omit removed documents. */
export const indexesOf = ({ indexes, lookups = [], idBegins }: CollectionShape): IndexDescription[] =>
  [['amends.shard'], ...indexes, ...lookups, ...(idBegins === undefined ? [] : [[idBegins]])].map((fields, index) => ({
    name: `amends_${index}`,
    key: new Map([...fields, '_id'].map((field) => [field, 1])),
    partialFilterExpression: { 'amends.shown': true },
  }));
