import { DatabaseSync } from 'node:sqlite';
import { isBusy } from '../../sqlite/sqlite-errors.js';
import { ReadStoreBusy } from '../read-store.js';

/**
 * One process writes a read store at a time. The lock is a transaction left open on a small database of its own, so
 * that the operating system frees it however the process ends.
 */
export const takeWriterLock = (path: string): (() => void) => {
  const database = new DatabaseSync(`${path}.lock`, { timeout: 0 });
  try {
    database.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (!isBusy(error)) throw error;
    throw new ReadStoreBusy(
      `${path} is being written by another process. Stop it, or send your command to it over HTTP: one process writes at a time, any number may read.`,
    );
  }
  return () => {
    if (database.isOpen) database.close();
  };
};
