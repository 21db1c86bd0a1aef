import { chmodSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';

const OTHERS = 0o077;

/** Makes the data folder readable by its owner alone: it holds people's words and the keys to them. */
export function makeOwnFolder(folder: string): void {
  if (existsSync(folder) && !isOwnAndEmpty(folder)) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
}

/** Such a folder is closed to others by the first start. What holds something keeps the permissions it was given. */
export const isOwnAndEmpty = (folder: string): boolean =>
  statSync(folder).uid === process.getuid?.() && readdirSync(folder).length === 0;

export const isOpenToOthers = (folder: string): boolean =>
  process.platform !== 'win32' && (statSync(folder).mode & OTHERS) !== 0;
