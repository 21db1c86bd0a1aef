import type { DatabaseSync } from 'node:sqlite';

/** All of the work or none of it. A deferred BEGIN is for reads that must see one state, whoever writes meanwhile. */
export const transact = <R>(
  database: DatabaseSync,
  work: () => R,
  begin: 'BEGIN IMMEDIATE' | 'BEGIN' = 'BEGIN IMMEDIATE',
): R => {
  database.exec(begin);
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
};
