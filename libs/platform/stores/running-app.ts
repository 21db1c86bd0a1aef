import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorText } from '../../event-sourcing/error-text.js';

/** A running app writes this into its folder, so that the command line finds it. */
export interface RunningApp {
  readonly pid: number;
  readonly url: string;
}

/** The app's note can't be read, so nobody can tell whether one serves the folder. */
export class RunningAppUnknown extends Error {
  override readonly name = 'RunningAppUnknown';
  constructor(file: string, why: string) {
    super(
      `${file} can't be read (${why}), so Amends can't tell whether an app runs on this folder. Stop the app if one does, remove ${file}, then start the app: it writes the note again.`,
    );
  }
}

/** The note, with the folder that it is about: a copy of the folder is another. */
interface Note extends RunningApp {
  /** Its number in the file system. Older versions of Amends wrote none. */
  readonly folder?: number;
}

const fileIn = (folder: string): string => join(folder, 'app.json');

/** Renames a complete file into place: half a file would stop every command. @throws RunningAppUnknown */
export function announce(folder: string, app: RunningApp): void {
  const file = fileIn(folder);
  const note: Note = { ...app, folder: statSync(folder).ino };
  writeFileSync(`${file}.new`, `${JSON.stringify(note)}\n`, { mode: 0o600, flush: true });
  try {
    renameSync(`${file}.new`, file);
  } catch (error) {
    rmSync(`${file}.new`, { force: true });
    throw new RunningAppUnknown(file, errorText(error));
  }
}

export const withdraw = (folder: string): void => rmSync(fileIn(folder), { force: true });

/**
 * The app that serves this folder; undefined when none does, or when it died without withdrawing.
 * @throws RunningAppUnknown
 */
export function runningApp(folder: string): RunningApp | undefined {
  const { pid, url, folder: of } = noteIn(folder) ?? {};
  if (pid === undefined || url === undefined || !isAlive(pid)) return undefined;
  return of === undefined || of === statSync(folder).ino ? { pid, url } : undefined;
}

function noteIn(folder: string): Note | undefined {
  const file = fileIn(folder);
  try {
    const { pid, url, folder: of } = JSON.parse(readFileSync(file, 'utf8')) as Note;
    if (Number.isSafeInteger(pid) && pid > 0 && URL.canParse(url))
      return { pid, url, ...(of === undefined ? {} : { folder: of }) };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new RunningAppUnknown(file, errorText(error));
  }
  throw new RunningAppUnknown(file, 'it names no process and no address');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is alive and belongs to another user.
    return codeOf(error) === 'EPERM';
  }
}

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
