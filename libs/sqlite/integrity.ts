import type { DatabaseSync } from 'node:sqlite';

/** What SQLite finds wrong with its own structure, at most `most` sentences. It reads the whole file. */
export const integrityFindings = (database: DatabaseSync, most: number): readonly string[] =>
  database
    .prepare(`PRAGMA integrity_check(${most})`)
    .all()
    .map((row) => String(Object.values(row)[0]))
    .filter((said) => said !== 'ok');
