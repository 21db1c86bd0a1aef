import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a running app leaves in its folder, so that the command line finds it. */
export interface RunningApp {
  readonly pid: number;
  readonly url: string;
}

const fileIn = (folder: string): string => join(folder, 'app.json');

export const announce = (folder: string, app: RunningApp): void =>
  writeFileSync(fileIn(folder), `${JSON.stringify(app)}\n`, { mode: 0o600 });

export const withdraw = (folder: string): void => rmSync(fileIn(folder), { force: true });

/** The app that serves this folder now; undefined where none does, also where one died without a word. */
export function runningApp(folder: string): RunningApp | undefined {
  let app: RunningApp;
  try {
    app = JSON.parse(readFileSync(fileIn(folder), 'utf8')) as RunningApp;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  return isAlive(app.pid) ? app : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process is alive, too.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
