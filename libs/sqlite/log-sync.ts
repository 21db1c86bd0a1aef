import { closeSync, fdatasync, fdatasyncSync, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';

/** Puts on the disk what was committed. */
export interface Sync {
  /** @throws what the disk says */
  now(): void;
  /** On another thread. One at a time. */
  later(done: (error?: Error | null) => void): void;
  close(): void;
}

/**
 * Syncs the write-ahead log of a database that has `synchronous = NORMAL`. SQLite then syncs it before and after it moves
 * pages to the database, so that the file stays whole; with FULL it would also block its thread at each commit.
 */
export function syncOfLog(database: string): Sync {
  let log: number | undefined;
  // The first commit makes the log, and it stays while the database is open.
  const opened = (): number => {
    if (log !== undefined) return log;
    log = openSync(`${database}-wal`, 'r+');
    const folder = openSync(dirname(database), 'r');
    fsyncSync(folder);
    closeSync(folder);
    return log;
  };
  return {
    now: () => fdatasyncSync(opened()),
    later: (done) => fdatasync(opened(), done),
    close: () => {
      if (log !== undefined) closeSync(log);
      log = undefined;
    },
  };
}
