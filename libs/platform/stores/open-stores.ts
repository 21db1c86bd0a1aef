import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { noCrash, type CrashPoint } from '../../event-sourcing/crash-point.js';
import type { History } from '../../event-store/event-store.js';
import { SqliteEventStore } from '../../event-store/sqlite/sqlite-event-store.js';
import { signingKeyFrom, signingKeyIn, type SigningKey } from '../../evidence/signing-key.js';
import type { Ledger } from '../../ledger/ledger.js';
import { refuseMissing, SqliteLedger } from '../../ledger/sqlite/sqlite-ledger.js';
import type { ReadStore } from '../../read-store/read-store.js';
import { SqliteReadStore } from '../../read-store/sqlite/sqlite-read-store.js';
import { DECLARATIONS } from '../../recovery/history.js';
import { loadKeyEncryptionKey } from '../../vault/key-file.js';
import { PersonalData } from '../../vault/personal-data.js';
import { isOnEngines, type StorePlaces } from '../config/store-places.js';
import { makeOwnFolder } from './own-folder.js';

export interface OpenOptions {
  /** One process at a time writes a folder; any number read it. Engines take any number of both. */
  readonly mode: 'write' | 'read';
  /** 32 bytes in base64; absent: the one in the folder, made on the first start. */
  readonly vaultKey?: string | undefined;
  /** PEM, ed25519; absent: the one in the folder, made on the first start. */
  readonly sealKey?: string | undefined;
  readonly crashPoint?: CrashPoint | undefined;
  /** Makes a ledger or a vault that is missing beside a history, as after a restore. Default: refuses. */
  readonly mayMake?: boolean;
  /** Called when an engine is lost, and when it is back. */
  notice?(this: void, sentence: string): void;
}

/** Everything that Amends stores, embedded or on engines. */
export interface Stores {
  readonly places: StorePlaces;
  /** Of the embedded stores, and of files that accompany any store. */
  readonly folder: string;
  readonly mode: 'write' | 'read';
  readonly events: History;
  readonly reads: ReadStore;
  readonly ledger: Ledger;
  readonly vault: Ledger;
  readonly personal: PersonalData;
  /** For callers that make two writes: they call it between them. */
  readonly crashPoint: CrashPoint;
  /** Signs and checks seals. @throws SigningKeyRefused */
  signingKey(): Promise<SigningKey>;
  close(): Promise<void>;
}

/**
 * @throws HistoryDamaged when an embedded history differs from what was last acknowledged
 * @throws LedgerDamaged, ReadStoreDamaged
 * @throws Error in words when another process writes the folder, or an engine is out of reach
 */
export async function openStores(wanted: StorePlaces, options: OpenOptions): Promise<Stores> {
  const { mode, crashPoint = noCrash } = options;
  const folder = resolve(wanted.folder);
  const places = { ...wanted, folder };
  if (mode === 'write' || isOnEngines(places)) makeOwnFolder(folder);
  else if (!existsSync(folder)) throw new Error(`${folder} does not exist. Name the folder of a store.`);
  const { keep, close } = opening();
  try {
    const events = keep(await openHistory(places, options));
    if (mode === 'write' && options.mayMake !== true) await refuseLost(places, events);
    const reads = keep(await openReads(places, { mode, crashPoint }));
    const ledger = keep(await openLedger(places, { mode, crashPoint }));
    const hadVault = existsSync(join(folder, 'vault.db'));
    const vault = keep(await openVault(places, { mode, crashPoint }));
    const vaultExists = places.vault === undefined ? hadVault : (await vault.list('', { limit: 1 })).length > 0;
    const keyEncryptionKey = loadKeyEncryptionKey(folder, { given: options.vaultKey, vaultExists });
    const personal = new PersonalData({ vault, keyEncryptionKey, declarations: DECLARATIONS });
    await personal.checkKey();
    const signingKey = async (): Promise<SigningKey> =>
      options.sealKey === undefined
        ? signingKeyIn(join(folder, 'seal.key'), ledger)
        : signingKeyFrom(options.sealKey, 'The given seal key');
    return { places, folder, mode, events, reads, ledger, vault, personal, crashPoint, signingKey, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Every start of a folder makes these files before the first event. @throws LedgerDamaged */
async function refuseLost({ eventStore, readStore, vault, folder }: StorePlaces, events: History): Promise<void> {
  if (eventStore !== undefined || (await events.end()) === undefined) return;
  if (readStore === undefined) refuseMissing({ where: recordsFile('ledger', folder), name: 'ledger' });
  if (vault === undefined) refuseMissing({ where: recordsFile('vault', folder), name: 'vault' });
}

const recordsFile = (name: 'ledger' | 'vault', folder: string): string => join(folder, `${name}.db`);

type Opening = Pick<OpenOptions, 'mode' | 'crashPoint' | 'notice'>;

// Clients of engines load only where engines are used: they take longer than the rest of a thread's start.

export async function openHistory(
  { eventStore, folder }: StorePlaces,
  { mode, crashPoint, notice, onlyAcknowledged }: Opening & { readonly onlyAcknowledged?: boolean },
): Promise<History> {
  if (eventStore === undefined)
    return SqliteEventStore.open({ folder, declarations: DECLARATIONS, mode, crashPoint, onlyAcknowledged });
  const { EventStoreDbEventStore } = await import('../../event-store/eventstoredb/eventstoredb-event-store.js');
  return EventStoreDbEventStore.open({ ...eventStore, declarations: DECLARATIONS, notice });
}

export async function openReads(
  { readStore, folder }: StorePlaces,
  { mode, crashPoint, lock }: Opening & { readonly lock?: boolean },
): Promise<ReadStore> {
  if (readStore === undefined) return SqliteReadStore.open({ path: join(folder, 'read.db'), mode, lock, crashPoint });
  const { MongoReadStore } = await import('../../read-store/mongodb/mongo-read-store.js');
  return MongoReadStore.open({ url: readStore, mode, crashPoint });
}

/** In the read store's database. */
export const openLedger = ({ readStore, folder }: StorePlaces, how: Opening): Promise<Ledger> =>
  openSmallRecords('ledger', readStore, folder, how);

/** A ledger of its own. */
export const openVault = ({ vault, folder }: StorePlaces, how: Opening): Promise<Ledger> =>
  openSmallRecords('vault', vault, folder, how);

async function openSmallRecords(
  name: 'ledger' | 'vault',
  url: string | undefined,
  folder: string,
  { mode, crashPoint }: Opening,
): Promise<Ledger> {
  const path = recordsFile(name, folder);
  if (url === undefined) return SqliteLedger.open({ path, mode, name, shred: name === 'vault', crashPoint });
  const { MongoLedger } = await import('../../ledger/mongodb/mongo-ledger.js');
  return MongoLedger.open({ url, mode, name });
}

/** Closes in reverse order of opening. */
function opening(): { keep<T extends { close(): Promise<void> }>(store: T): T; close(): Promise<void> } {
  const opened: { close(): Promise<void> }[] = [];
  return {
    keep: (store) => {
      opened.unshift(store);
      return store;
    },
    close: async () => {
      for (const store of opened) await store.close();
    },
  };
}

/** A thread's own connections: they read history and build read models while the process holds the embedded locks. */
export async function openThreadStores(places: StorePlaces, crashPoint?: CrashPoint): Promise<ThreadStores> {
  const { keep, close } = opening();
  try {
    const events = keep(await openHistory(places, { mode: 'read', onlyAcknowledged: true }));
    const reads = keep(await openReads(places, { mode: 'write', lock: false, crashPoint }));
    const ledger = keep(await openLedger(places, { mode: 'write' }));
    return { events, reads, ledger, close };
  } catch (error) {
    await close();
    throw error;
  }
}

export type ThreadStores = Pick<Stores, 'events' | 'reads' | 'ledger' | 'close'>;
