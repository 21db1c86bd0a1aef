import { resolve } from 'node:path';
import type { Settings } from './settings.js';

/** Where the stores are: plain data, so that a thread of its own can be told. */
export interface StorePlaces {
  /** Of the embedded stores; and of what is kept beside any: keys that were made here, rejects, rehearsals. */
  readonly folder: string;
  /** An EventStoreDB; the names of all streams in it begin with the prefix. Absent: history is in the folder. */
  readonly eventStore?: { readonly url: string; readonly prefix: string };
  /** A MongoDB's database, for the read store and the ledger. Absent: they are in the folder. */
  readonly readStore?: string;
  /** A MongoDB's database. Absent: the vault is in the folder. */
  readonly vault?: string;
}

const ESDB = /^esdb(\+discover)?:\/\/[^\s/?]/;
const MONGODB = /^mongodb(\+srv)?:\/\/[^\s/?]/;
const PREFIX = /^[A-Za-z0-9._-]{0,100}$/;

export function storePlaces(settings: Settings, folder: string): StorePlaces {
  const engine = (name: string, form: RegExp, example: string): string | undefined => {
    const url = settings.text(name);
    if (url === undefined || form.test(url)) return url;
    // A URL holds a password: the sentence repeats no more of it than its kind.
    if (!url.startsWith('sqlite:'))
      settings.mistakes.push(
        `${name} must be sqlite: or ${example}, not a URL that begins with "${/^[\w+]*/.exec(url)?.[0]}"`,
      );
    else if (url !== 'sqlite:' && resolve(url.slice('sqlite:'.length)) !== resolve(folder))
      settings.mistakes.push(`${name} must be sqlite: alone: AMENDS_DATA names the folder of all embedded stores`);
    return undefined;
  };
  const eventStore = engine('EVENT_STORE_URL', ESDB, 'esdb://user:password@host:2113 (or esdb+discover://)');
  const readStore = engine('READ_STORE_URL', MONGODB, 'mongodb://user:password@host:27017/database');
  const vault = engine('VAULT_URL', MONGODB, 'mongodb://user:password@host:27017/database');
  const prefix = settings.text('EVENT_STORE_PREFIX') ?? '';
  if (!PREFIX.test(prefix))
    settings.mistakes.push(`EVENT_STORE_PREFIX must be letters, digits, dots and hyphens, not "${prefix}"`);
  return {
    folder,
    ...(eventStore === undefined ? {} : { eventStore: { url: eventStore, prefix } }),
    ...(readStore === undefined ? {} : { readStore }),
    ...(vault === undefined ? {} : { vault }),
  };
}

/** Which engine holds what, for people: without passwords. */
export function sayPlaces({ folder, eventStore, readStore, vault }: StorePlaces): {
  readonly history: string;
  readonly readModels: string;
  readonly vault: string;
} {
  const at = (engine: string, url: string | undefined): string =>
    url === undefined ? folder : `${engine} at ${url.replace(/\/\/[^@/]*@/, '//').replace(/\?.*$/, '')}`;
  return {
    history: at('EventStoreDB', eventStore?.url),
    readModels: at('MongoDB', readStore),
    vault: at('MongoDB', vault),
  };
}

/** Whether no store is embedded, so that no process has any to itself. */
export const isOnEngines = ({ eventStore, readStore, vault }: StorePlaces): boolean =>
  eventStore !== undefined && readStore !== undefined && vault !== undefined;
