import { closeSync, copyFileSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { takeWriterLock } from '../../sqlite/writer-lock.js';
import { HistoryDamaged, HistoryUnavailable } from '../event-store.js';
import { positionText } from './event-rows.js';
import { hashOfRow, openHead, readHead } from './head.js';
import { historyFiles } from './history-files.js';
import { HistoryReader } from './history-reader.js';
import { isBlank, openReader } from './schema.js';
import { inWords } from './sqlite-errors.js';

const sync = (path: string): void => {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
};

/** All pages in one step, so that appends can't make the copy start again. */
const ALL_PAGES = 2_147_483_647;

export const backUp = async (database: string, path: string, madeAt: string): Promise<string | undefined> => {
  if (existsSync(path))
    throw new HistoryUnavailable(`${path} exists already. Name another file: amends overwrites no back-up.`);
  const partial = `${path}.partial`;
  try {
    rmSync(partial, { force: true });
    const source = openReader(database);
    try {
      await backup(source, partial, { rate: ALL_PAGES });
    } finally {
      source.close();
    }
    const copy = new DatabaseSync(partial);
    let last: number;
    try {
      copy.exec('PRAGMA journal_mode = DELETE; CREATE TABLE back_up (made_at TEXT NOT NULL) STRICT');
      copy.prepare('INSERT INTO back_up VALUES (?)').run(madeAt);
      checkWhole(copy, partial);
      last = new HistoryReader(copy, (event) => event).last();
    } finally {
      copy.close();
    }
    sync(partial);
    renameSync(partial, path);
    sync(dirname(path));
    return last === 0 ? undefined : positionText(last);
  } catch (error) {
    rmSync(partial, { force: true });
    throw inWords(error, path);
  }
};

/** @throws HistoryDamaged for a corrupt file */
const checkWhole = (db: DatabaseSync, path: string): void => {
  const found = db
    .prepare('PRAGMA integrity_check(3)')
    .all()
    .map((row) => Object.values(row).join(' '));
  if (found.length !== 1 || found[0] !== 'ok') {
    throw new HistoryDamaged(`${path} is damaged: ${found.join('; ')}. Use another back-up.`);
  }
};

export interface Restored {
  readonly backupMadeAt: string;
  /** Undefined in an empty history. */
  readonly lastPosition: string | undefined;
  /** The replaced history's last position, if its head was readable. */
  readonly headBefore: string | undefined;
}

/**
 * Restores history from a back-up with a new head, and keeps the old one as history.replaced.db. After a crash, run it
 * again. The caller must reset what follows history (read models, seals).
 */
export const restoreHistory = (backupPath: string, folder: string): Restored => {
  const files = historyFiles(folder);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const release = takeWriterLock(files.lock, folder, HistoryUnavailable);
    try {
      return restoreLocked(backupPath, folder);
    } finally {
      release();
    }
  } catch (error) {
    throw inWords(error, backupPath);
  }
};

const restoreLocked = (backupPath: string, folder: string): Restored => {
  if (!existsSync(backupPath))
    throw new HistoryUnavailable(`There is no file ${backupPath}. Name a back-up that amends made.`);
  const { database, head } = historyFiles(folder);
  const backupDb = openReader(backupPath);
  let backupMadeAt: string;
  try {
    if (isBlank(backupDb, backupPath)) throw new HistoryDamaged(`${backupPath} is empty. Use another back-up.`);
    checkWhole(backupDb, backupPath);
    const made = backupDb.prepare(`SELECT name FROM sqlite_schema WHERE name = 'back_up'`).get();
    if (made === undefined)
      throw new HistoryDamaged(
        `${backupPath} is a history, not a back-up of one. Name a file that amends backup made.`,
      );
    backupMadeAt = String(backupDb.prepare('SELECT made_at FROM back_up').get()?.made_at);
  } finally {
    backupDb.close();
  }

  const incoming = `${database}.restoring`;
  copyFileSync(backupPath, incoming);
  const db = new DatabaseSync(incoming);
  let row;
  try {
    db.exec('PRAGMA journal_mode = DELETE; DROP TABLE back_up');
    const reader = new HistoryReader(db, (event) => event);
    row = reader.rowAt(reader.last());
  } finally {
    db.close();
  }
  sync(incoming);

  const before = headBefore(head);
  for (const suffix of ['-wal', '-shm', '']) {
    if (existsSync(database + suffix))
      renameSync(database + suffix, database.replace(/\.db$/, '.replaced.db') + suffix);
  }
  renameSync(incoming, database);
  sync(folder);
  openHead(
    head,
    row === undefined ? { position: 0, hash: '' } : { position: row[0], hash: hashOfRow(row) },
    () => undefined,
  ).close();
  return { backupMadeAt, lastPosition: row === undefined ? undefined : positionText(row[0]), headBefore: before };
};

const headBefore = (path: string): string | undefined => {
  try {
    const head = readHead(path);
    return head === undefined || head.position === 0 ? undefined : positionText(head.position);
  } catch (error) {
    if (error instanceof HistoryDamaged) return undefined; // a restore replaces an unreadable head
    throw error;
  }
};
