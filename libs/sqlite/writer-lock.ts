import { DatabaseSync } from 'node:sqlite';
import { isBusy } from './sqlite-errors.js';

/**
 * One process at a time writes what the lock stands for. The lock is a transaction left open on a small database of its
 * own: the operating system frees it however the process ends, and others can still read in it who holds it.
 * @param what is written, for the sentence of `Busy`, which is thrown where another process holds the lock
 */
export const takeWriterLock = (path: string, what: string, Busy: new (message: string) => Error): (() => void) => {
  const db = new DatabaseSync(path, { timeout: 0 });
  try {
    db.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF; CREATE TABLE IF NOT EXISTS writer (pid INTEGER)');
    db.exec(`BEGIN IMMEDIATE; DELETE FROM writer; INSERT INTO writer VALUES (${process.pid}); COMMIT; BEGIN IMMEDIATE`);
  } catch (error) {
    const holder = isBusy(error) ? holderOf(db) : undefined;
    db.close();
    if (!isBusy(error)) throw error;
    throw new Busy(
      `${what} is being written by another process${holder === undefined ? '' : ` (pid ${holder})`}. Stop it, or send your command to it over HTTP: one process writes at a time, any number may read.`,
    );
  }
  return () => {
    if (db.isOpen) db.close();
  };
};

const holderOf = (db: DatabaseSync): number | undefined => {
  try {
    const pid = db.prepare('SELECT pid FROM writer').get()?.pid;
    return typeof pid === 'number' ? pid : undefined;
  } catch (error) {
    if (isBusy(error)) return undefined; // it is just writing its number down
    throw error;
  }
};
