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

/** Without hyphens, as in SQLite, where analysts would have to quote them. */
export const viewOf = (readModel: string): string => readModel.replaceAll('-', '_');

export const shownTo = (shapes: readonly CollectionShape[]): readonly CollectionShape[] =>
  shapes.filter(({ internal }) => !internal);

/** Analysts see documents that weren't removed, with their build. */
export const VIEW_PIPELINE = [
  { $match: { 'amends.shown': true } },
  { $project: { 'amends.shard': 0, 'amends.position': 0, 'amends.shown': 0, 'amends.text': 0 } },
];

/**
 * The declared indexes, with the id at the end for paging, and one by shard for `scan`. They omit removed documents, so
 * that no query reads them.
 */
export const indexesOf = ({ indexes }: CollectionShape): IndexDescription[] =>
  [['amends.shard'], ...indexes].map((fields, index) => ({
    name: `amends_${index}`,
    key: new Map([...fields, '_id'].map((field) => [field, 1])),
    partialFilterExpression: { 'amends.shown': true },
  }));

/** @throws TypeError for an invalid shape */
export const refuseShapes = (shapes: readonly CollectionShape[]): void => {
  const views = new Set<string>([GENERATIONS, CHECKPOINTS]);
  for (const { name, fields, indexes } of shapes) {
    const view = viewOf(name).toLowerCase();
    if (views.has(view)) throw new TypeError(`Two read models would be called ${view}. Give one another name.`);
    if (!/^[a-z][a-z0-9_-]*$/i.test(name) || /^(amends|system|sqlite)_/i.test(name))
      throw new TypeError(`${JSON.stringify(name)} can't be a read model's name. Use letters, digits and hyphens.`);
    views.add(view);
    for (const field of Object.keys(fields))
      if (['id', '_id', 'amends'].includes(field) || !/^[^$.\0][^.\0]*$/.test(field))
        throw new TypeError(`${name} can't declare ${JSON.stringify(field)}. Give the field another name.`);
    for (const field of indexes.flat())
      if (!Object.hasOwn(fields, field)) throw new TypeError(`${name} can't index ${field}: it isn't declared.`);
  }
};
