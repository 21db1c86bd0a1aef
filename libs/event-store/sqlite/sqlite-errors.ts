import { HistoryDamaged, HistoryUnavailable } from '../event-store.js';

/** SQLite's result codes: https://www.sqlite.org/rescode.html. Extended codes carry the primary one in the low byte. */
const PERM = 3;
const BUSY = 5;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

// By its fields, not its class: an error may come from another realm, such as that of a test runner.
const primaryCode = (error: unknown): number | undefined =>
  typeof error === 'object' && error !== null && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode & 0xff
    : undefined;

const messageOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);

export const isBusy = (error: unknown): boolean => primaryCode(error) === BUSY;

/** After these nobody knows what reached the disk: the connection is not to be trusted any more. */
export const isFatal = (error: unknown): boolean => {
  const code = primaryCode(error);
  return code === IOERR || code === CORRUPT || code === NOTADB;
};

/** What went wrong with the file, and what to do. Errors of other kinds come back as they are. */
export const inWords = (error: unknown, path: string): unknown => {
  switch (primaryCode(error)) {
    case FULL:
      return new HistoryUnavailable(
        `The disk that holds ${path} is full. Nothing of this append was kept. Make room, then send it again.`,
        { cause: error },
      );
    case READONLY:
    case PERM:
      return new HistoryUnavailable(
        `${path} can't be written: the disk, the folder or the file is read-only. Give this user the right to write there, then start again.`,
        { cause: error },
      );
    case CANTOPEN:
      return new HistoryUnavailable(
        `${path} can't be opened. Check that the folder exists, that this user may read and write in it, and that the disk isn't full.`,
        { cause: error },
      );
    case IOERR:
      return new HistoryUnavailable(
        `The disk failed while ${path} was read or written (${messageOf(error)}). Check the disk, then start again: what was answered before is kept.`,
        { cause: error },
      );
    case BUSY:
      return new HistoryUnavailable(`${path} is being changed by another program. Stop it, then try again.`, {
        cause: error,
      });
    case CORRUPT:
    case NOTADB:
      return new HistoryDamaged(
        `${path} is damaged: SQLite says "${messageOf(error)}". Nothing was changed. Keep the file, and restore a back-up (amends restore).`,
      );
    default:
      return error;
  }
};
