import { existsSync } from 'node:fs';
import { join } from 'node:path';

export interface HistoryFiles {
  readonly database: string;
  readonly head: string;
  readonly lock: string;
}

export const historyFiles = (folder: string): HistoryFiles => ({
  database: join(folder, 'history.db'),
  head: join(folder, 'history.head'),
  lock: join(folder, 'history.lock'),
});

/** Whether there is a history: of one that was lost, the head remains. */
export const hasHistory = (folder: string): boolean => {
  const { database, head } = historyFiles(folder);
  return existsSync(database) || existsSync(head);
};
