import {
  copyFileSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** What may happen to a file, and how it is done. */
export const DAMAGES = ['truncated', 'flipped', 'missing', 'unreadable', 'foreign'] as const;
export type Damage = (typeof DAMAGES)[number];

/** @param folders with the damaged file, and the store that a foreign one is taken from */
export function spoil(file: string, damage: Damage, { folder, other }: { folder: string; other: string }): void {
  const path = join(folder, file);
  switch (damage) {
    case 'truncated':
      return truncateSync(path, Math.floor(statSync(path).size / 2));
    case 'flipped':
      return flip(path, placesToFlip(file, path));
    case 'missing':
      return rmSync(path);
    case 'unreadable':
      // Rights stop no root, and tests may run as root: a folder in the file's place can't be read as a file by anybody.
      rmSync(path);
      return mkdirSync(path);
    case 'foreign':
      rmSync(path);
      if (lstatSync(join(other, file)).isSymbolicLink()) return symlinkSync(join(other, file), path);
      return copyFileSync(join(other, file), path);
  }
}

/** One bit of one byte. Of a letter or digit, so that it stays one: what is changed is still in its form. */
function flip(path: string, places: readonly number[]): void {
  const bytes = readFileSync(path);
  for (const from of places) {
    let at = from;
    if (bytes[from] !== OPENING) while (at < bytes.length && otherWord(bytes[at]) === undefined) at++;
    bytes[at] = otherWord(bytes[at]) ?? (bytes[at] ?? 0) ^ 1;
  }
  writeFileSync(path, bytes);
}

const OPENING = '{'.charCodeAt(0);
const isWord = (byte: number): boolean => /[0-9A-Za-z]/.test(String.fromCharCode(byte));
const otherWord = (byte = 0): number | undefined =>
  isWord(byte) ? [1, 2, 4].map((bit) => byte ^ bit).find(isWord) : undefined;

/** Within what the file holds, not in space that it doesn't use. */
function placesToFlip(file: string, path: string): readonly number[] {
  switch (file) {
    case 'history.db':
      return within(path, `SELECT data AS text FROM history WHERE type = 'CaseOpened' LIMIT 1`, 20);
    case 'ledger.db':
      return within(path, `SELECT value AS text FROM records WHERE key LIKE 'seal/%' LIMIT 1`, 20);
    case 'vault.db':
      return within(path, `SELECT value AS text FROM records WHERE key LIKE 'reference/%' LIMIT 1`, 20);
    case 'read-1.db':
      return within(path, 'SELECT rest AS text FROM amends_of_cases ORDER BY id LIMIT 1', 0);
    case 'read.db':
      return within(path, 'SELECT stamp AS text FROM amends_generations LIMIT 1', 0);
    case 'seal.key':
      return [readFileSync(path, 'latin1').indexOf('\n') + 40]; // in the key itself, not in its frame
    case 'app.json':
      return [0];
    default:
      return [Math.floor(statSync(path).size / 2)];
  }
}

/** The places of a byte of stored text: SQLite may leave a copy of it in space that it no longer uses. */
function within(path: string, sql: string, offset: number): readonly number[] {
  const database = new DatabaseSync(path, { readOnly: true });
  const text = String(database.prepare(sql).get()?.['text']);
  database.close();
  const [bytes, start] = [readFileSync(path), Buffer.from(text).subarray(0, 200)];
  const places: number[] = [];
  for (let at = bytes.indexOf(start); at !== -1; at = bytes.indexOf(start, at + 1)) places.push(at + offset);
  if (places.length === 0) throw new Error(`${path} does not hold in one piece: ${text.slice(0, 80)}`);
  return places;
}

/** A copy to be damaged, closed to others as its folder was. */
export function copyOf(store: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { mode: 0o700 });
  cpSync(store, to, { recursive: true, verbatimSymlinks: true });
}
