import { errorText } from '../event-sourcing/error-text.js';

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

export const isBusy = (error: unknown): boolean => primaryCode(error) === BUSY;

/** What the file holds is not what SQLite wrote. */
export const isDamaged = (error: unknown): boolean => {
  const code = primaryCode(error);
  return code === CORRUPT || code === NOTADB;
};

/** After these nobody knows what reached the disk: the connection is not to be trusted any more. */
export const isFatal = (error: unknown): boolean => primaryCode(error) === IOERR || isDamaged(error);

/** Why the file can't be worked on, and what to do; undefined: another error. @param write what a write is called */
export const outOfOrder = (error: unknown, path: string, write = 'write'): string | undefined => {
  switch (primaryCode(error)) {
    case FULL:
      return `The disk that holds ${path} is full. Nothing of this ${write} was kept. Make room, then send it again.`;
    case READONLY:
    case PERM:
      return `${path} can't be written: the disk, the folder or the file is read-only. Give this user the right to write there, then start again.`;
    case CANTOPEN:
      return `${path} can't be opened. Check that the folder exists, that this user may read and write in it, and that the disk isn't full.`;
    case IOERR:
      return `The disk failed while ${path} was read or written (${errorText(error)}). Check the disk, then start again: what was answered before is kept.`;
    case BUSY:
      return `${path} is being changed by another program. Stop it, then try again.`;
    default:
      return undefined;
  }
};
