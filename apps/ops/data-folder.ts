import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { StorePlaces } from '../../libs/platform/config/store-places.js';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import type { RunningApp } from '../../libs/platform/stores/running-app.js';
import { EXIT } from './exit-codes.js';
import { Failure } from './failure.js';

/** The environment, with the folder that a command names instead of it. */
export function environmentOf(command: Command): NodeJS.ProcessEnv {
  const { data } = command.optsWithGlobals<{ data?: string }>();
  return { ...process.env, ...(data === undefined ? {} : { AMENDS_DATA: data }) };
}

/** The folder of stores that a command works on. */
export function dataFolder(command: Command): string {
  const folder = resolve(environmentOf(command)['AMENDS_DATA'] || './data');
  if (existsSync(folder) && !statSync(folder).isDirectory()) {
    throw new Failure(`${folder} is a file. --data takes the folder of a store.`);
  }
  return folder;
}

/** The stores that a command works on. @throws Failure, ConfigurationMistaken */
export async function placesOf(command: Command): Promise<StorePlaces> {
  const { readConfig } = await import('../../libs/platform/config/config.js');
  return { ...readConfig(environmentOf(command)).places, folder: dataFolder(command) };
}

/** @throws Failure where there is no store to read. */
export function refuseWithoutStore({ eventStore, folder }: StorePlaces): void {
  if (eventStore !== undefined || existsSync(join(folder, 'history.db'))) return;
  throw new Failure(
    `There is no store in ${folder}. Import a file into it first (amends import --help), or name another by --data.`,
  );
}

/** The app that serves the folder now. */
export async function appBeside({ folder }: StorePlaces): Promise<RunningApp | undefined> {
  if (!existsSync(folder)) return undefined;
  const { runningApp } = await import('../../libs/platform/stores/running-app.js');
  return runningApp(folder);
}

/** Runs beside no app, which would write the same files. @throws Failure saying what to do. */
export async function refuseBesideApp(places: StorePlaces, what: string): Promise<void> {
  const app = await appBeside(places);
  if (!app) return;
  throw new Failure(
    `${what} needs the store to itself, and an app (process ${app.pid}, ${app.url}) is running on ${places.folder}. ` +
      'Stop the app, run this again, then start the app.',
    EXIT.unavailable,
  );
}

const OWN_MEANS = { eventStore: 'EventStoreDB', readStore: 'MongoDB', vault: 'MongoDB' } as const;

/** What works on the files of embedded stores. @throws Failure where one of these is on an engine */
export function refuseOnEngines(what: string, places: StorePlaces, stores: readonly (keyof typeof OWN_MEANS)[]): void {
  const engines = stores.filter((store) => places[store] !== undefined).map((store) => OWN_MEANS[store]);
  if (engines.length === 0) return;
  throw new Failure(
    `${what} copies the files of embedded stores, and this one is on ${engines.join(' and ')}: ` +
      `use the means of ${engines.length === 1 ? 'that engine' : 'those engines'}, the ledger no later than history. ` +
      'Read models are built again from history; amends verify checks it against its seals.',
  );
}

/** Opens the stores for as long as the work lasts. Reading works beside a running app; writing does not. */
export async function withStores<T>(
  places: StorePlaces,
  mode: 'read' | 'write',
  work: (stores: Stores) => Promise<T>,
): Promise<T> {
  if (mode === 'read') refuseWithoutStore(places);
  const [{ openStores }, { readConfig }] = await Promise.all([
    import('../../libs/platform/stores/open-stores.js'),
    import('../../libs/platform/config/config.js'),
  ]);
  const { vaultKey, sealKey, crashPoint } = readConfig(process.env);
  const stores = await openStores(places, { mode, vaultKey, sealKey, crashPoint, notice });
  try {
    return await work(stores);
  } finally {
    await stores.close();
  }
}

const notice = (sentence: string): void => void process.stderr.write(`${sentence}\n`);
