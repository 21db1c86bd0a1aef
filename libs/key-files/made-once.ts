import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Creates a file that only its owner can read, if it doesn't exist, and returns the file's text. When several processes
 * start at once, one of them creates it and all use its text. Needs a file system with hard links.
 */
export function madeOnce(path: string, text: string): string {
  // A temporary file first: every later start would refuse a half-written one.
  const temporary = `${path}.${randomUUID()}.new`;
  try {
    writeFileSync(temporary, text, { flag: 'wx', mode: 0o600, flush: true });
    linkSync(temporary, path); // a rename would replace a key that another process already uses
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
  return readFileSync(path, 'utf8');
}
