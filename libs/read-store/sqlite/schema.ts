import type { DatabaseSync } from 'node:sqlite';
import type { FieldType } from '../../event-sourcing/projection.js';
import { ReadStoreDamaged, ReadStoreFormatRefused, type CollectionShape } from '../read-store.js';
import { viewOf } from '../refusals.js';
import { CHECKPOINTS, columnOf, isPresent, quoted, REMOVED, tableNameOf, tableOf } from './columns.js';

const FORMAT = 3;

/** No id is assigned twice, so a cursor of a released build is stale. `begun_on`: the machine's boot at that time. */
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
  const columns = Object.entries(fields).map(([field, type]) => `${columnOf(field)} ${COLUMN_TYPES[type]}`);
  const own = ['id TEXT NOT NULL', 'shard INTEGER NOT NULL', 'position TEXT NOT NULL', 'absent TEXT'];
  // What is long comes last, so that SQLite reads the other columns without it.
  return `CREATE TABLE ${tableOf(name)} (${[...own, ...columns, 'rest TEXT'].join(', ')}) STRICT`;
};

const COLUMN_TYPES: Readonly<Record<FieldType, string>> = {
  string: 'TEXT',
  instant: 'TEXT',
  strings: 'TEXT',
  integer: 'INTEGER',
  boolean: 'INTEGER',
  number: 'REAL',
};

/** For analysts: a name that needs no quotes, without our own columns. */
const view = ({ name, fields }: CollectionShape): string => {
  const columns = Object.keys(fields).map((field) => `${columnOf(field)} AS ${quoted(field)}`);
  const document = `${wholeJson(fields)} AS document`;
  return `CREATE VIEW ${quoted(viewOf(name))} AS SELECT ${['id', ...columns, document].join(', ')} FROM ${tableOf(name)}`;
};

/** SQLite takes 127 arguments at most, two for each field. */
const FIELDS_AT_ONCE = 60;

/** The whole document. A path of NULL adds nothing, and what `rest` has already stands. */
const wholeJson = (fields: CollectionShape['fields']): string => {
  const added = Object.entries(fields).map(([field, type], at) => {
    const path = `'$.${JSON.stringify(field).replaceAll("'", "''")}'`;
    return `iif(${isPresent(at)}, ${path}, NULL), ${JSON_VALUES[type]?.(columnOf(field)) ?? columnOf(field)}`;
  });
  return chunks(added, FIELDS_AT_ONCE).reduce(
    (json, some) => `json_insert(${json}, ${some.join(', ')})`,
    `ifnull(rest, '{}')`,
  );
};

const chunks = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size));

const JSON_VALUES: Readonly<Partial<Record<FieldType, (column: string) => string>>> = {
  boolean: (column) => `json(CASE ${column} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END)`,
  strings: (column) => `json(ifnull(${column}, 'null'))`,
};

export const buildIndexes = (shapes: readonly CollectionShape[]): readonly string[] =>
  shapes.flatMap(({ name, indexes, lookups = [] }) => {
    const begin = (kind: string, at: number, columns: readonly string[]): string =>
      `CREATE INDEX IF NOT EXISTS ${quoted(`amends_${kind}_${name}_${at}`)} ON ${tableOf(name)} (${columns.join(', ')})`;
    return [
      // With the id at the end, for paging.
      ...indexes.map((fields, at) => begin('index', at, [...fields.map(columnOf), 'id'])),
      ...lookups.map((fields, at) => {
        const columns = fields.map(columnOf);
        return `${begin('lookup', at, columns)} WHERE ${columns[0]} IS NOT NULL`;
      }),
    ];
  });

const SQLITE_CONSTRAINT_UNIQUE = 2067;

/** All collections have the index, or none. */
export const haveIdIndexes = (database: DatabaseSync, shapes: readonly CollectionShape[]): boolean => {
  const unique = database.prepare('SELECT 1 FROM pragma_index_list(?) WHERE "unique"');
  return shapes.every(({ name }) => unique.get(tableNameOf(name)) !== undefined);
};

/** Call it within a transaction. */
export function makeIdIndexes(database: DatabaseSync, shapes: readonly CollectionShape[]): void {
  for (const { name } of shapes) {
    const index = `CREATE UNIQUE INDEX ${quoted(`amends_ids_of_${name}`)} ON ${tableOf(name)} (id)`;
    try {
      database.exec(index);
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      database.exec(withoutOlder(tableOf(name)));
      database.exec(index);
    }
  }
}

/** If two shards have the same document, the later one stays, as in `write`. */
const withoutOlder = (table: string): string => `DELETE FROM ${table} WHERE rowid NOT IN (
  SELECT rowid FROM (
    SELECT rowid, row_number() OVER (PARTITION BY id ORDER BY position DESC, rowid) AS place FROM ${table}
  ) WHERE place = 1)`;

const isDuplicate = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'errcode' in error && error.errcode === SQLITE_CONSTRAINT_UNIQUE;

const formatOf = (database: DatabaseSync): number =>
  Number(database.prepare('PRAGMA user_version').get()?.['user_version']);

export const isBlank = (database: DatabaseSync): boolean => formatOf(database) === 0;

export const isOlderFormat = (database: DatabaseSync): boolean => !isBlank(database) && formatOf(database) < FORMAT;

/** @throws ReadStoreDamaged for a file that holds nothing any more */
export const refuseBlank = (database: DatabaseSync, path: string, what: string): void => {
  if (isBlank(database)) throw new ReadStoreDamaged(`${what} is damaged: its file is empty.`, path);
};

/** @throws ReadStoreFormatRefused */
export const refuseOtherFormat = (database: DatabaseSync, path: string): void => {
  const format = formatOf(database);
  if (format !== FORMAT) throw new ReadStoreFormatRefused(path, format, FORMAT);
};
