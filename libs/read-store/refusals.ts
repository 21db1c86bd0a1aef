import { type CollectionShape, QueryRefused } from './read-store.js';

export const refuseToWrite = (mode: 'write' | 'read'): void => {
  if (mode === 'read') throw new Error('This read store was opened for reading. Open it with mode write to change it.');
};

export const noSuchGeneration = (id: number): QueryRefused =>
  new QueryRefused(`There is no generation ${id}. It was released, or never begun.`, 'generation');

/** @throws QueryRefused if the build has no such read model */
export function shapeOf(shapes: ReadonlyMap<string, CollectionShape>, collection: string): CollectionShape {
  const shape = shapes.get(collection);
  if (shape) return shape;
  const names = [...shapes.values()].filter(({ internal }) => !internal).map(({ name }) => name);
  throw new QueryRefused(`There is no read model ${JSON.stringify(collection)}. They are ${names.join(', ')}.`);
}
