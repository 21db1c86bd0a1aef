import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A running app writes this into its folder, so that the command line finds it. */
export interface RunningApp {
  readonly pid: number;
  readonly url: string;
}

const fileIn = (folder: string): string => join(folder, 'app.json');

/** Renames a complete file into place: half a file would stop every command. */
export function announce(folder: string, app: RunningApp): void {
  const file = fileIn(folder);
  writeFileSync(`${file}.new`, `${JSON.stringify(app)}\n`, { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
}

export const withdraw = (folder: string): void => rmSync(fileIn(folder), { force: true });

/** The app that serves this folder; undefined when none does, or when it died without withdrawing. */
export function runningApp(folder: string): RunningApp | undefined {
  let app: RunningApp;
  try {
    app = JSON.parse(readFileSync(fileIn(folder), 'utf8')) as RunningApp;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  return isAlive(app.pid) ? app : undefined;
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
