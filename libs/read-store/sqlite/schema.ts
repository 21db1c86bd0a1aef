import type { CollectionShape } from '../read-store.js';
import { columnOf, columnType, quoted, removedTableOf, tableOf, viewOf } from './columns.js';

export const SCHEMA_VERSION = 1;

/** Ids of generations are never used again, so a cursor of a released one stays stale. */
export const SCHEMA = `
  CREATE TABLE amends_generations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    status TEXT NOT NULL CHECK (status IN ('building', 'ready', 'live', 'retired')),
    stamp TEXT NOT NULL,
    collections TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX amends_one_is_live ON amends_generations (status) WHERE status = 'live';
  CREATE TABLE amends_checkpoints (
    generation INTEGER NOT NULL,
    shard INTEGER NOT NULL,
    position TEXT NOT NULL,
    PRIMARY KEY (generation, shard)
  ) STRICT, WITHOUT ROWID;
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** @throws TypeError where a shape can't be kept. */
export const refuseShapes = (shapes: readonly CollectionShape[]): void => {
  const views = new Set(['amends_generations', 'amends_checkpoints']);
  for (const { name, fields, indexes } of shapes) {
    const view = viewOf(name).toLowerCase();
    if (views.has(view)) throw new TypeError(`Two read models would be called ${view}. Give one another name.`);
    if (!/^[a-z][a-z0-9_-]*$/i.test(name) || /^(amends|sqlite)_/i.test(name))
      throw new TypeError(`${JSON.stringify(name)} can't be a read model's name. Use letters, digits and hyphens.`);
    views.add(view);
    const columns = new Set(['id', 'document']);
    for (const field of Object.keys(fields)) {
      const column = field.toLowerCase();
      if (columns.has(column)) throw new TypeError(`${name} can't declare ${field}: it has that column already.`);
      columns.add(column);
    }
    for (const field of indexes.flat())
      if (!Object.hasOwn(fields, field)) throw new TypeError(`${name} can't index ${field}: it isn't declared.`);
  }
};

/**
 * Documents are rows in the order they came, found by an index on id: so a build appends, however its ids are
 * spread. What is removed leaves its position in a table of its own, so that a batch delivered again can't bring it
 * back, and no query has to step over it.
 */
export const createTables = (generation: number, shapes: readonly CollectionShape[]): string =>
  [
    `CREATE TABLE ${removedTableOf(generation)} (
      collection TEXT NOT NULL, id TEXT NOT NULL, position TEXT NOT NULL, PRIMARY KEY (collection, id)
    ) STRICT, WITHOUT ROWID`,
    ...shapes.map(({ name, fields }) => {
      const columns = Object.entries(fields).map(([field, type]) => `${columnOf(field)} ${columnType(type)}`);
      const own = ['id TEXT NOT NULL UNIQUE', 'shard INTEGER NOT NULL', 'position TEXT NOT NULL'];
      // The document comes last: SQLite reads what stands before it without reading a long one.
      return `CREATE TABLE ${tableOf(generation, name)} (${[...own, ...columns, 'document TEXT NOT NULL'].join(', ')}) STRICT`;
    }),
  ].join(';\n');

export const dropTables = (generation: number, shapes: readonly CollectionShape[]): readonly string[] => [
  ...shapes.map(({ name }) => `DROP TABLE IF EXISTS ${tableOf(generation, name)}`),
  `DROP TABLE IF EXISTS ${removedTableOf(generation)}`,
];

/** Ended by id, so that they serve paging. */
export const createIndexes = (generation: number, shapes: readonly CollectionShape[]): readonly string[] =>
  shapes.flatMap(({ name, indexes }) =>
    indexes.map((fields, index) => {
      const columns = fields.map(columnOf);
      const indexName = quoted(`amends_g${generation}_${name}_${index}`);
      return `CREATE INDEX IF NOT EXISTS ${indexName} ON ${tableOf(generation, name)} (${[...columns, 'id'].join(', ')})`;
    }),
  );

export const dropViews = (shapes: readonly CollectionShape[]): readonly string[] =>
  shown(shapes).map(({ name }) => `DROP VIEW IF EXISTS ${viewOf(name)}`);

export const createViews = (generation: number, shapes: readonly CollectionShape[]): readonly string[] =>
  shown(shapes).map(({ name, fields }) => {
    const columns = Object.keys(fields).map((field) => `${columnOf(field)} AS ${quoted(field)}`);
    return `CREATE VIEW ${viewOf(name)} AS SELECT ${['id', ...columns, 'document'].join(', ')} FROM ${tableOf(generation, name)}`;
  });

const shown = (shapes: readonly CollectionShape[]): readonly CollectionShape[] =>
  shapes.filter(({ internal }) => !internal);
