import { errorText } from '../../event-sourcing/error-text.js';
import { isDamaged, outOfOrder } from '../../sqlite/sqlite-errors.js';
import { ReadStoreDamaged, ReadStoreUnavailable } from '../read-store.js';

/**
 * SQLite's errors in words; other errors unchanged.
 * @param what is damaged, where the file is
 */
export const inWords = (error: unknown, path: string, what: string): unknown => {
  if (isDamaged(error) || isNoNumber(error))
    return new ReadStoreDamaged(`${what} is damaged: SQLite says "${errorText(error)}".`, path, { cause: error });
  const why = outOfOrder(error, path);
  return why === undefined ? error : new ReadStoreUnavailable(why, { cause: error });
};

/** A number that JavaScript can't hold, which Amends never stores. */
const isNoNumber = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_OUT_OF_RANGE';
