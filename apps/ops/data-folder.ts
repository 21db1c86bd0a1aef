import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import type { RunningApp } from '../../libs/platform/stores/running-app.js';
import { EXIT } from './exit-codes.js';
import { Failure } from './failure.js';

/** The folder that a command works on. */
export function dataFolder(command: Command): string {
  const { data } = command.optsWithGlobals<{ data?: string }>();
  const folder = resolve(data ?? (process.env['AMENDS_DATA'] || './data'));
  if (existsSync(folder) && !statSync(folder).isDirectory()) {
    throw new Failure(`${folder} is a file. --data takes the folder of a store.`);
  }
  return folder;
}

/** @throws Failure where there is no store to read. */
export function refuseWithoutStore(folder: string): void {
  if (existsSync(join(folder, 'history.db'))) return;
  throw new Failure(
    `There is no store in ${folder}. Import a file into it first (amends import --help), or name another by --data.`,
  );
}

/** The app that serves the folder now. */
export async function appBeside(folder: string): Promise<RunningApp | undefined> {
  if (!existsSync(folder)) return undefined;
  const { runningApp } = await import('../../libs/platform/stores/running-app.js');
  return runningApp(folder);
}

/** Runs beside no app, which would write the same files. @throws Failure saying what to do. */
export async function refuseBesideApp(folder: string, what: string): Promise<void> {
  const app = await appBeside(folder);
  if (!app) return;
  throw new Failure(
    `${what} needs the store to itself, and an app (process ${app.pid}, ${app.url}) is running on ${folder}. ` +
      'Stop the app, run this again, then start the app.',
    EXIT.unavailable,
  );
}

/** Opens the stores for as long as the work lasts. Reading works beside a running app; writing does not. */
export async function withStores<T>(
  folder: string,
  mode: 'read' | 'write',
  work: (stores: Stores) => Promise<T>,
): Promise<T> {
  if (mode === 'read') refuseWithoutStore(folder);
  const [{ openStores }, { readConfig }] = await Promise.all([
    import('../../libs/platform/stores/open-stores.js'),
    import('../../libs/platform/config/config.js'),
  ]);
  const { vaultKey, sealKey, crashPoint } = readConfig(process.env);
  const stores = await openStores(folder, { mode, vaultKey, sealKey, crashPoint });
  try {
    return await work(stores);
  } finally {
    await stores.close();
  }
}
