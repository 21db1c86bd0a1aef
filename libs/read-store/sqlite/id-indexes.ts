import type { DatabaseSync } from 'node:sqlite';
import type { CollectionShape } from '../read-store.js';
import { quoted, tableNameOf, tableOf } from './columns.js';

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
