import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Makes a file for its owner alone, unless it is there: of several processes at their first start one makes it, and
 * each goes on with what it says. Its file system must know hard links.
 * @returns what the file says
 */
export function madeOnce(path: string, text: string): string {
  // Written beside its place first: cut off half-way, it would be refused at every start.
  const own = `${path}.${randomUUID()}.new`;
  try {
    writeFileSync(own, text, { flag: 'wx', mode: 0o600, flush: true });
    linkSync(own, path); // a rename would put away the key that another process may have begun to use
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(own, { force: true });
  }
  return readFileSync(path, 'utf8');
}
