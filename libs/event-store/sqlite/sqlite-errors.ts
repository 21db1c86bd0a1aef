import { errorText } from '../../event-sourcing/error-text.js';
import { isDamaged, outOfOrder } from '../../sqlite/sqlite-errors.js';
import { HistoryDamaged, HistoryUnavailable } from '../event-store.js';

/** What mends a damaged history. */
export const RESTORE = 'Amends changed nothing. Keep the file, and restore a back-up (amends restore).';

/** SQLite's errors in words; other errors unchanged. */
export const inWords = (error: unknown, path: string): unknown => {
  if (isDamaged(error)) return new HistoryDamaged(`${path} is damaged: SQLite says "${errorText(error)}". ${RESTORE}`);
  const why = outOfOrder(error, path, 'append');
  return why === undefined ? error : new HistoryUnavailable(why, { cause: error });
};
