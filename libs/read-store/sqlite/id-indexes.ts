import type { DatabaseSync } from 'node:sqlite';
import type { CollectionShape } from '../read-store.js';
import { quoted, tableNameOf, tableOf } from './columns.js';

const SQLITE_CONSTRAINT_UNIQUE = 2067;

/** Whether documents are found by id: all collections have the index for it, or none has. */
export const haveIdIndexes = (database: DatabaseSync, shapes: readonly CollectionShape[]): boolean => {
  const unique = database.prepare('SELECT 1 FROM pragma_index_list(?) WHERE "unique"');
  return shapes.every(({ name }) => unique.get(tableNameOf(name)) !== undefined);
};

/** To be called within a transaction. */
export function makeIdIndexes(database: DatabaseSync, shapes: readonly CollectionShape[]): void {
  for (const { name } of shapes) {
    const index = `CREATE UNIQUE INDEX ${quoted(`amends_ids_of_${name}`)} ON ${tableOf(name)} (id)`;
    try {
      database.exec(index);
    } catch (error) {
      if (!isTwice(error)) throw error;
      database.exec(withoutOlder(tableOf(name)));
      database.exec(index);
    }
  }
}

/** Of one document in two shards the later stays, as where each write is guarded by its position. */
const withoutOlder = (table: string): string => `DELETE FROM ${table} WHERE rowid NOT IN (
  SELECT rowid FROM (
    SELECT rowid, row_number() OVER (PARTITION BY id ORDER BY position DESC, rowid) AS place FROM ${table}
  ) WHERE place = 1)`;

const isTwice = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'errcode' in error && error.errcode === SQLITE_CONSTRAINT_UNIQUE;
