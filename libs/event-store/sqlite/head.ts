import { hash as digest } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { errorText } from '../../event-sourcing/error-text.js';
import { HistoryDamaged, HistoryUnavailable } from '../event-store.js';
import type { EventRow } from './event-rows.js';

/**
 * The last acknowledged event, in a file of its own: SQLite silently drops a torn tail of its write-ahead log, and only
 * something outside can detect that.
 *
 * The file has two slots of one disk sector each, written in turn, so that a torn write spoils one of them at most.
 */
export interface Head {
  readonly position: number;
  /** SHA-256 of the last event's row, in hex; '' for an empty history. */
  readonly hash: string;
}

const SLOT_BYTES = 512;
const sha256 = (text: string): string => digest('sha256', text);

export const hashOfRow = (row: EventRow): string => sha256(JSON.stringify(row));

const slotOf = ({ position, hash }: Head): string => {
  const line = `amends-head ${position} ${hash === '' ? '-' : hash}`;
  return `${line} ${sha256(line)}\n`.padEnd(SLOT_BYTES, ' ');
};

const readSlot = (slot: string): Head | undefined => {
  const [mark, position, hash, check] = slot.trim().split(' ');
  if (mark !== 'amends-head' || check !== sha256(`${mark} ${position} ${hash}`)) return undefined;
  return { position: Number(position), hash: hash === '-' || hash === undefined ? '' : hash };
};

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    throw new HistoryUnavailable(
      `${path} can't be opened (${errorText(error)}). Give this user the right to read it, or put the file back.`,
      { cause: error },
    );
  }
};

/** Undefined if there is no file yet. @throws HistoryDamaged when neither slot is readable, HistoryUnavailable */
export const readHead = (path: string): Head | undefined => {
  if (!existsSync(path)) return undefined;
  const text = textOf(path);
  const slots = [text.slice(0, SLOT_BYTES), text.slice(SLOT_BYTES)].map(readSlot).filter((slot) => slot !== undefined);
  const [first, second] = slots;
  if (first === undefined) {
    throw new HistoryDamaged(
      `${path} can't be read, so Amends can't check whether the history is complete. Put the file back, or restore a back-up (amends restore).`,
    );
  }
  return second === undefined || first.position >= second.position ? first : second;
};

export type HeadFile = ReturnType<typeof openHead>;

const SYNC_EVERY_MS = 1_000;

/** Atomic: a killed process must not leave an unreadable head. */
const createHead = (path: string, slot: string): void => {
  const temporary = `${path}.new`;
  const fd = openSync(temporary, 'w');
  writeSync(fd, slot, 0, 'latin1');
  fdatasyncSync(fd);
  closeSync(fd);
  renameSync(temporary, path);
};

/** Writes the head at once and syncs it each second. @param failed called when a sync fails */
export const openHead = (path: string, head: Head, failed: (error: Error) => void) => {
  if (!existsSync(path)) createHead(path, slotOf(head));
  const fd = openSync(path, 'r+');
  let turn = 0;
  let unsynced = false;
  const write = (next: Head): void => {
    writeSync(fd, slotOf(next), turn * SLOT_BYTES, 'latin1');
    turn = 1 - turn;
    unsynced = true;
  };
  // Overwrites both slots.
  write(head);
  fdatasyncSync(fd);
  write(head);
  fdatasyncSync(fd);
  const timer = setInterval(() => {
    if (!unsynced) return;
    unsynced = false;
    fdatasync(fd, (error) => {
      if (error) failed(error);
    });
  }, SYNC_EVERY_MS);
  timer.unref();
  return {
    write,
    close: () => {
      clearInterval(timer);
      fdatasyncSync(fd);
      closeSync(fd);
    },
  };
};
