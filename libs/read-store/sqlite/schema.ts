import type { DatabaseSync } from 'node:sqlite';
import { ReadStoreFormatRefused, type CollectionShape } from '../read-store.js';
import { CHECKPOINTS, columnOf, columnType, quoted, REMOVED, tableOf, viewOf } from './columns.js';

const FORMAT = 2;

/**
 * No id of a generation is assigned twice, so a cursor of a released one stays stale. `begun_on` is the machine's boot
 * during which the build began.
 */
export const REGISTER = `
  CREATE TABLE amends_generations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    status TEXT NOT NULL CHECK (status IN ('building', 'ready', 'live', 'retired')),
    stamp TEXT NOT NULL,
    collections TEXT NOT NULL,
    begun_on TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX amends_one_is_live ON amends_generations (status) WHERE status = 'live';
  PRAGMA user_version = ${FORMAT};
`;

/**
 * A build appends documents as rows, in order of arrival, and makes the index on ids only when a read needs it:
 * maintaining it while appending takes twice as long as all else. A removed document leaves its position in a separate
 * table, so that a repeated batch can't bring it back and no query reads it.
 */
export const buildSchema = (shapes: readonly CollectionShape[]): string =>
  [
    `CREATE TABLE ${CHECKPOINTS} (shard INTEGER PRIMARY KEY, position TEXT NOT NULL) STRICT`,
    `CREATE TABLE ${REMOVED} (
      collection TEXT NOT NULL, id TEXT NOT NULL, position TEXT NOT NULL, PRIMARY KEY (collection, id)
    ) STRICT, WITHOUT ROWID`,
    ...shapes.map(table),
    ...shapes.filter(({ internal }) => !internal).map(view),
    `PRAGMA user_version = ${FORMAT}`,
  ].join(';\n');

const table = ({ name, fields }: CollectionShape): string => {
  const columns = Object.entries(fields).map(([field, type]) => `${columnOf(field)} ${columnType(type)}`);
  const own = ['id TEXT NOT NULL', 'shard INTEGER NOT NULL', 'position TEXT NOT NULL'];
  // The document comes last, so that SQLite reads the other columns without it.
  return `CREATE TABLE ${tableOf(name)} (${[...own, ...columns, 'document TEXT NOT NULL'].join(', ')}) STRICT`;
};

/** For analysts: a name that needs no quotes, without our own columns. */
const view = ({ name, fields }: CollectionShape): string => {
  const columns = Object.keys(fields).map((field) => `${columnOf(field)} AS ${quoted(field)}`);
  return `CREATE VIEW ${viewOf(name)} AS SELECT ${['id', ...columns, 'document'].join(', ')} FROM ${tableOf(name)}`;
};

/** With the id at the end, for paging. */
export const buildIndexes = (shapes: readonly CollectionShape[]): readonly string[] =>
  shapes.flatMap(({ name, indexes }) =>
    indexes.map((fields, index) => {
      const indexName = quoted(`amends_index_${name}_${index}`);
      const columns = [...fields.map(columnOf), 'id'];
      return `CREATE INDEX IF NOT EXISTS ${indexName} ON ${tableOf(name)} (${columns.join(', ')})`;
    }),
  );

/** @throws TypeError for an invalid shape */
export const refuseShapes = (shapes: readonly CollectionShape[]): void => {
  const views = new Set<string>();
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

const formatOf = (database: DatabaseSync): number =>
  Number(database.prepare('PRAGMA user_version').get()?.['user_version']);

export const isBlank = (database: DatabaseSync): boolean => formatOf(database) === 0;

/** @throws ReadStoreFormatRefused */
export const refuseOtherFormat = (database: DatabaseSync, path: string): void => {
  const format = formatOf(database);
  if (format !== FORMAT) throw new ReadStoreFormatRefused(path, format, FORMAT);
};
