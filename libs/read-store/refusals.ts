import { type CollectionShape, QueryRefused } from './read-store.js';

export const refuseToWrite = (mode: 'write' | 'read'): void => {
  if (mode === 'read') throw new Error('This read store was opened for reading. Open it with mode write to change it.');
};

export const noSuchGeneration = (id: number): QueryRefused =>
  new QueryRefused(
    `There is no generation ${id}: it was released, or never begun. GET /v1/generations lists those that are.`,
    'generation',
  );

/** @throws QueryRefused if the build has no such read model */
export function shapeOf(shapes: ReadonlyMap<string, CollectionShape>, collection: string): CollectionShape {
  const shape = shapes.get(collection);
  if (shape) return shape;
  const names = [...shapes.values()].filter(({ internal }) => !internal).map(({ name }) => name);
  throw new QueryRefused(`There is no read model ${JSON.stringify(collection)}. They are ${names.join(', ')}.`);
}

/** The name under which analysts see a read model: without hyphens, which they would have to quote. */
export const viewOf = (readModel: string): string => readModel.replaceAll('-', '_');

/** @throws TypeError for a shape that not every engine can hold */
export function refuseShapes(shapes: readonly CollectionShape[]): void {
  const views = new Set<string>();
  for (const { name, fields, indexes, lookups = [], idBegins } of shapes) {
    const view = viewOf(name).toLowerCase();
    if (views.has(view)) throw new TypeError(`Two read models would be called ${view}. Give one another name.`);
    if (!/^[a-z]\w*$/.test(view) || /^(amends|sqlite|system)_/.test(view))
      throw new TypeError(`${JSON.stringify(name)} can't be a read model's name. Use letters, digits and hyphens.`);
    views.add(view);
    const taken = new Set(['id', '_id', 'amends', 'document']);
    for (const field of Object.keys(fields)) {
      if (taken.has(field.toLowerCase()) || !/^[^$.\0][^.\0]*$/.test(field))
        throw new TypeError(`${name} can't declare ${JSON.stringify(field)}. Give the field another name.`);
      taken.add(field.toLowerCase());
    }
    for (const field of [...indexes, ...lookups].flat())
      if (!Object.hasOwn(fields, field)) throw new TypeError(`${name} can't index ${field}: it isn't declared.`);
    if (idBegins !== undefined && fields[idBegins] !== 'string')
      throw new TypeError(`${name} has no text ${idBegins} for ids to begin with.`);
  }
}
