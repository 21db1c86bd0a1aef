import { integrityFindings } from '../../sqlite/integrity.js';
import { HistoryDamaged } from '../event-store.js';
import { historyFiles } from './history-place.js';
import { openReader } from './schema.js';
import { inWords, RESTORE } from './sqlite-errors.js';

/** What SQLite finds wrong with a history's file, at most `most` findings: an index that differs from the events, too. */
export const historyDamages = (folder: string, most: number): readonly HistoryDamaged[] => {
  const { database } = historyFiles(folder);
  try {
    using db = openReader(database);
    return integrityFindings(db, most).map(
      (said) => new HistoryDamaged(`${database} is damaged: SQLite says "${said}". ${RESTORE}`),
    );
  } catch (error) {
    const known = inWords(error, database);
    if (known instanceof HistoryDamaged) return [known];
    throw known;
  }
};
