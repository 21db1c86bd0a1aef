import { closeSync, copyFileSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { takeWriterLock } from '../../sqlite/writer-lock.js';
import { HistoryDamaged, HistoryUnavailable } from '../event-store.js';
import { endText } from './event-rows.js';
import { openHead, readHead, type Head } from './head.js';
import { lastIn } from './history-files.js';
import { historyFiles } from './history-place.js';
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
    const last = await copied(database, partial, madeAt);
    sync(partial);
    renameSync(partial, path);
    sync(dirname(path));
    return last;
  } catch (error) {
    rmSync(partial, { force: true });
    throw inWords(error, path);
  }
};

const copied = async (database: string, path: string, madeAt: string): Promise<string | undefined> => {
  using source = openReader(database);
  await backup(source, path, { rate: ALL_PAGES });
  using copy = new DatabaseSync(path);
  copy.exec('PRAGMA journal_mode = DELETE; CREATE TABLE back_up (made_at TEXT NOT NULL) STRICT');
  copy.prepare('INSERT INTO back_up VALUES (?)').run(madeAt);
  checkWhole(copy, path);
  return endText(new HistoryReader(copy).last());
};

/** @throws HistoryDamaged for a corrupt file */
const checkWhole = (db: DatabaseSync, path: string): void => {
  const rows = db.prepare('PRAGMA integrity_check(3)').all();
  const found = rows.map((row) => Object.values(row).join(' '));
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
  const backupMadeAt = checkedBackUp(backupPath);
  const incoming = `${database}.restoring`;
  copyFileSync(backupPath, incoming);
  const last = historyOf(incoming);
  sync(incoming);

  const before = headBefore(head);
  for (const suffix of ['-wal', '-shm', '']) {
    if (existsSync(database + suffix))
      renameSync(database + suffix, database.replace(/\.db$/, '.replaced.db') + suffix);
  }
  renameSync(incoming, database);
  sync(folder);
  openHead(head, last, () => undefined).close();
  return { backupMadeAt, lastPosition: endText(last.position), headBefore: before };
};

/** When the back-up was made. @throws HistoryDamaged for a file that is none, or is damaged */
const checkedBackUp = (path: string): string => {
  using db = openReader(path);
  if (isBlank(db, path)) throw new HistoryDamaged(`${path} is empty. Use another back-up.`);
  checkWhole(db, path);
  const made = db.prepare(`SELECT name FROM sqlite_schema WHERE name = 'back_up'`).get();
  if (made === undefined)
    throw new HistoryDamaged(`${path} is a history, not a back-up of one. Name a file that amends backup made.`);
  return String(db.prepare('SELECT made_at FROM back_up').get()?.made_at);
};

/** Makes a history of a back-up, and returns its last event. */
const historyOf = (path: string): Head => {
  using db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = DELETE; DROP TABLE back_up');
  return lastIn(new HistoryReader(db));
};

const headBefore = (path: string): string | undefined => {
  try {
    return endText(readHead(path)?.position ?? 0);
  } catch (error) {
    if (error instanceof HistoryDamaged) return undefined; // a restore replaces an unreadable head
    throw error;
  }
};
