import type { DatabaseSync, StatementSync } from 'node:sqlite';

type Step = 'BEGIN IMMEDIATE' | 'BEGIN' | 'COMMIT';

const prepared = new WeakMap<DatabaseSync, Map<Step, StatementSync>>();

/** Prepared once for each database, because a small transaction takes no longer than preparing its begin and end. */
const step = (database: DatabaseSync, sql: Step): void => {
  let steps = prepared.get(database);
  if (steps === undefined) prepared.set(database, (steps = new Map()));
  let statement = steps.get(sql);
  if (statement === undefined) steps.set(sql, (statement = database.prepare(sql)));
  statement.run();
};

/** All of the work or none of it. A deferred BEGIN is for reads that must see one state, whoever writes meanwhile. */
export const transact = <R>(
  database: DatabaseSync,
  work: () => R,
  begin: 'BEGIN IMMEDIATE' | 'BEGIN' = 'BEGIN IMMEDIATE',
): R => {
  step(database, begin);
  try {
    const result = work();
    step(database, 'COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
};
