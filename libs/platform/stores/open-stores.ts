import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { noCrash, type CrashPoint } from '../../event-sourcing/crash-point.js';
import { SqliteEventStore } from '../../event-store/sqlite/sqlite-event-store.js';
import { signingKeyFrom, signingKeyIn, type SigningKey } from '../../evidence/signing-key.js';
import type { Ledger } from '../../ledger/ledger.js';
import { SqliteLedger } from '../../ledger/sqlite/sqlite-ledger.js';
import type { ReadStore } from '../../read-store/read-store.js';
import { SqliteReadStore } from '../../read-store/sqlite/sqlite-read-store.js';
import { DECLARATIONS } from '../../recovery/history.js';
import { loadKeyEncryptionKey } from '../../vault/key-file.js';
import { PersonalData } from '../../vault/personal-data.js';

export interface OpenOptions {
  /** One process writes a folder at a time; any number read it. */
  readonly mode: 'write' | 'read';
  /** 32 bytes in base64; absent: kept in the folder, made on the first start. */
  readonly vaultKey?: string | undefined;
  /** PEM, ed25519; absent: kept in the folder, made on the first start. */
  readonly sealKey?: string | undefined;
  readonly crashPoint?: CrashPoint | undefined;
}

/** The embedded stores of one folder. */
export interface Stores {
  readonly folder: string;
  readonly mode: 'write' | 'read';
  readonly events: SqliteEventStore;
  readonly reads: ReadStore;
  readonly ledger: Ledger;
  readonly vault: Ledger;
  readonly personal: PersonalData;
  /** To be called between two writes that these stores don't make themselves. */
  readonly crashPoint: CrashPoint;
  /** Signs and checks seals. @throws SigningKeyRefused */
  signingKey(): Promise<SigningKey>;
  close(): Promise<void>;
}

/**
 * @throws HistoryDamaged when history is not what it was when it was last acknowledged.
 * @throws Error in words where the folder can't be opened, as where another process writes it.
 */
export async function openStores(folder: string, options: OpenOptions): Promise<Stores> {
  const { mode, crashPoint = noCrash } = options;
  const at = resolve(folder);
  if (mode === 'write') makeFolder(at);
  else if (!existsSync(at)) throw new Error(`${at} is not there. Name the folder of a store.`);
  const opened: { close(): Promise<void> }[] = [];
  const keep = <T extends { close(): Promise<void> }>(store: T): T => {
    opened.unshift(store);
    return store;
  };
  const close = async (): Promise<void> => {
    for (const store of opened) await store.close();
  };
  try {
    const events = keep(SqliteEventStore.open({ folder: at, declarations: DECLARATIONS, mode, crashPoint }));
    const reads = keep(SqliteReadStore.open({ path: join(at, 'read.db'), mode, crashPoint }));
    const ledger = keep(SqliteLedger.open({ path: join(at, 'ledger.db'), mode, crashPoint }));
    const keyEncryptionKey = loadKeyEncryptionKey(at, options.vaultKey);
    const vault = keep(SqliteLedger.open({ path: join(at, 'vault.db'), mode, name: 'vault', shred: true, crashPoint }));
    const personal = new PersonalData({ vault, keyEncryptionKey, declarations: DECLARATIONS });
    await personal.checkKey();
    const signingKey = async (): Promise<SigningKey> =>
      options.sealKey === undefined
        ? signingKeyIn(join(at, 'seal.key'), ledger)
        : signingKeyFrom(options.sealKey, 'The seal key that was given');
    return { folder: at, mode, events, reads, ledger, vault, personal, crashPoint, signingKey, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** For its owner alone: it holds people's words and the keys to them. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
}

/**
 * History to read and read models to build, by connections of a worker's own beside the process that serves the
 * folder and holds its locks.
 */
export function openBeside(folder: string): Beside {
  const events = SqliteEventStore.open({ folder, declarations: DECLARATIONS, mode: 'read' });
  const reads = SqliteReadStore.open({ path: join(folder, 'read.db'), mode: 'write', lock: false });
  const ledger = SqliteLedger.open({ path: join(folder, 'ledger.db'), mode: 'write' });
  const close = async (): Promise<void> => {
    for (const store of [ledger, reads, events]) await store.close();
  };
  return { events, reads, ledger, close };
}

export interface Beside extends Pick<Stores, 'events' | 'reads' | 'ledger'> {
  close(): Promise<void>;
}
