import { existsSync, statSync } from 'node:fs';
import { HistoryDamaged } from '../event-store.js';
import { positionText } from './event-rows.js';
import { hashOfRow, readHead, type Head } from './head.js';
import { HistoryReader } from './history-reader.js';
import type { HistoryFiles } from './history-place.js';
import { isBlank, openReader } from './schema.js';

const EMPTY: Head = { position: 0, hash: '' };

/** The history's last event. It opens the file read-only, so that a refused history stays unchanged. */
const lastEvent = ({ database }: HistoryFiles, signed: Head | undefined): { last: Head; atHead?: string } => {
  if (!existsSync(database) || statSync(database).size === 0) return { last: EMPTY };
  using db = openReader(database);
  if (isBlank(db, database)) return { last: EMPTY };
  const reader = new HistoryReader(db);
  const atHead = signed && reader.rowAt(signed.position);
  return { last: lastIn(reader), atHead: atHead && hashOfRow(atHead) };
};

export const lastIn = (reader: HistoryReader): Head => {
  const row = reader.rowAt(reader.last());
  return row === undefined ? EMPTY : { position: row[0], hash: hashOfRow(row) };
};

/**
 * Compares history with its head, and returns the last event: the head's, or a later one if the process died between
 * a commit and its head. @throws HistoryDamaged if history lost or changed the head's event
 */
export const checkHead = (files: HistoryFiles): Head => {
  const head = readHead(files.head); // before the history: a running writer moves both, history first
  const { last, atHead } = lastEvent(files, head);
  if (head === undefined) {
    if (last.position === 0) return EMPTY;
    throw new HistoryDamaged(
      `${files.database} holds ${last.position} events, but its head ${files.head} is missing, so Amends can't check whether the last ones are complete. Put the file back, or restore a back-up (amends restore).`,
    );
  }
  if (last.position < head.position) {
    const lost = head.position - last.position;
    const ends = existsSync(files.database) ? `ends at position ${positionText(last.position)}` : 'is missing';
    throw new HistoryDamaged(
      `${files.database} ${ends}, but the event at ${positionText(head.position)} was acknowledged: the last ${lost} event${lost === 1 ? ' is' : 's are'} lost. Amends changed nothing. Keep the files (also history.db-wal), and restore a back-up (amends restore).`,
    );
  }
  if (head.position > 0 && atHead !== head.hash) {
    throw new HistoryDamaged(
      `The event at position ${positionText(head.position)} in ${files.database} is not the one that was acknowledged: it was changed since. Amends changed nothing. Keep the files, and restore a back-up (amends restore).`,
    );
  }
  return last;
};
