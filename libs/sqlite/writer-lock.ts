import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { errorText } from '../event-sourcing/error-text.js';
import { isBusy, isDamaged, outOfOrder } from './sqlite-errors.js';

/** The lock's own file is damaged. It holds no data. */
export class LockDamaged extends Error {
  override readonly name = 'LockDamaged';
  constructor(path: string, cause: unknown) {
    super(
      `${path}, which keeps a second process from writing, is damaged: SQLite says "${errorText(cause)}". It holds no data: make sure that no app and no command writes the folder, remove it, then start again.`,
      { cause },
    );
  }
}

/**
 * One process at a time writes what the lock stands for. The lock is a transaction left open on a small database of its
 * own: the operating system frees it however the process ends, and others can still read in it who holds it.
 * @param what is written, for the sentence of `Busy`, which is thrown where another process holds the lock
 * @param Unavailable thrown where the lock can't be opened
 * @throws LockDamaged
 */
export const takeWriterLock = (
  path: string,
  what: string,
  Busy: new (message: string) => Error,
  Unavailable = Busy,
): (() => void) => {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { timeout: 0 });
    db.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF; CREATE TABLE IF NOT EXISTS writer (pid INTEGER)');
    db.exec(`BEGIN IMMEDIATE; DELETE FROM writer; INSERT INTO writer VALUES (${process.pid}); COMMIT; BEGIN IMMEDIATE`);
  } catch (error) {
    const holder = isBusy(error) && db !== undefined ? holderOf(db) : undefined;
    db?.close();
    if (!isBusy(error)) throw inWords(error, path, Unavailable);
    throw new Busy(
      `${what} is being written by another process${holder === undefined ? '' : ` (pid ${holder})`}. Stop it, or send your command to it over HTTP: one process writes at a time, any number may read.`,
    );
  }
  const held = db;
  return () => {
    if (held.isOpen) held.close();
  };
};

/** Reads a lock without taking it. @throws LockDamaged, Error in words where it can't be opened */
export const checkLock = (path: string): void => {
  if (!existsSync(path)) return;
  try {
    using db = new DatabaseSync(path, { readOnly: true, timeout: 0 });
    if (db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'writer'").get()) db.prepare('SELECT * FROM writer').all();
  } catch (error) {
    if (!isBusy(error)) throw inWords(error, path, Error); // a writer is just taking it
  }
};

const inWords = (error: unknown, path: string, Unavailable: new (message: string) => Error): unknown => {
  if (isDamaged(error)) return new LockDamaged(path, error);
  const why = outOfOrder(error, path);
  return why === undefined ? error : new Unavailable(why);
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
