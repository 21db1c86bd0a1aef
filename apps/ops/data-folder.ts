import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { hasHistory } from '../../libs/event-store/sqlite/history-place.js';
import type { StorePlaces } from '../../libs/platform/config/store-places.js';
import type { OpenOptions, Stores } from '../../libs/platform/stores/open-stores.js';
import type { RunningApp } from '../../libs/platform/stores/running-app.js';
import { EXIT, Failure } from './failure.js';

/** The environment, with the folder that the command names. */
export function environmentOf(command: Command): NodeJS.ProcessEnv {
  const { data } = command.optsWithGlobals<{ data?: string }>();
  return data === undefined ? process.env : { ...process.env, AMENDS_DATA: data };
}

/** The folder that a command works on. */
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

/** @throws Failure if there is no store to read */
export function refuseWithoutStore({ eventStore, folder }: StorePlaces): void {
  if (eventStore !== undefined || hasHistory(folder)) return;
  throw new Failure(
    `There is no store in ${folder}. Import a file into it first (amends import --help), or name another folder with --data.`,
  );
}

/** The app that now serves the folder. */
export async function runningAppOn({ folder }: StorePlaces): Promise<RunningApp | undefined> {
  if (!existsSync(folder)) return undefined;
  const { runningApp } = await import('../../libs/platform/stores/running-app.js');
  return runningApp(folder);
}

/** @throws Failure if an app serves the folder, because it writes the same files */
export async function refuseWhileAppRuns(places: StorePlaces, what: string): Promise<void> {
  const app = await runningAppOn(places);
  if (!app) return;
  throw new Failure(
    `${what} needs the store to itself, and an app (process ${app.pid}, ${app.url}) is running on ${places.folder}. ` +
      'Stop the app, run this again, then start the app.',
    EXIT.unavailable,
  );
}

const ENGINES = { eventStore: 'EventStoreDB', readStore: 'MongoDB', vault: 'MongoDB' } as const;

/** @throws Failure if one of the stores is on an engine: the command copies files of embedded stores */
export function refuseEngines(what: string, places: StorePlaces, stores: readonly (keyof typeof ENGINES)[]): void {
  const engines = stores.filter((store) => places[store] !== undefined).map((store) => ENGINES[store]);
  if (engines.length === 0) return;
  throw new Failure(
    `${what} copies the files of embedded stores, and this one is on ${engines.join(' and ')}: ` +
      `use the tools of ${engines.length === 1 ? 'that engine' : 'those engines'}, and copy the ledger no later than history. ` +
      'Amends rebuilds read models from history; amends verify checks it against its seals.',
  );
}

/** Opens the stores for the duration of the work. Reading works while an app runs; writing doesn't. */
export async function withStores<T>(
  places: StorePlaces,
  mode: 'read' | 'write',
  work: (stores: Stores) => Promise<T>,
  how: Pick<OpenOptions, 'mayMake'> = {},
): Promise<T> {
  if (mode === 'read') refuseWithoutStore(places);
  const [{ openStores }, { readConfig }] = await Promise.all([
    import('../../libs/platform/stores/open-stores.js'),
    import('../../libs/platform/config/config.js'),
  ]);
  const { vaultKey, sealKey, crashPoint } = readConfig(process.env);
  const stores = await openStores(places, { ...how, mode, vaultKey, sealKey, crashPoint, notice });
  try {
    return await work(stores);
  } finally {
    await stores.close();
  }
}

const notice = (sentence: string): void => void process.stderr.write(`${sentence}\n`);
