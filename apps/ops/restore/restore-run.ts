import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { eventOfNow } from '../../../libs/commands/event-of-now.js';
import { idOf } from '../../../libs/event-sourcing/identity.js';
import { stated } from '../../../libs/event-sourcing/stated.js';
import { restoreHistory, type Restored } from '../../../libs/event-store/sqlite/back-up.js';
import { forgetAnchor } from '../../../libs/evidence/anchor.js';
import { withdrawSealsAfter } from '../../../libs/evidence/sealer.js';
import { SqliteLedger } from '../../../libs/ledger/sqlite/sqlite-ledger.js';
import { recordsOf } from '../../../libs/migration/copy-records.js';
import { removeReadStore } from '../../../libs/read-store/sqlite/build-files.js';
import { digestBuild } from '../../../libs/replay/digest/digest.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import type { StorePlaces } from '../../../libs/platform/config/store-places.js';
import { refuseEngines, withStores } from '../data-folder.js';
import { Failure } from '../failure.js';
import { operator } from '../operator.js';
import { catchUp, sealHistory } from '../end-of-history.js';
import { BUILD_RECORDS, EVENT_RECORDS, POSITION_RECORDS, type EventRecord } from '../records-of-history.js';

export type RestoreResult =
  | { readonly restored: 'vault' }
  | {
      readonly restored: 'store';
      readonly backupMadeAt: string;
      readonly lastPosition: string | null;
      readonly withdrawnSeals: number;
      readonly digest: string | null;
    };

/** Restores a back-up of the store or of the vault, into a folder that no process writes. */
export async function runRestore(places: StorePlaces, from: string): Promise<RestoreResult> {
  const source = resolve(from);
  if (existsSync(join(source, 'history.db'))) return restoreStore(places, source);
  if (existsSync(join(source, 'vault.db'))) return restoreVault(places, source);
  throw new Failure(
    `${source} holds no back-up: it has neither a history.db nor a vault.db. Name the folder that amends backup made.`,
  );
}

async function restoreVault(places: StorePlaces, source: string): Promise<RestoreResult> {
  refuseEngines('Restoring a vault', places, ['vault']);
  const { folder } = places;
  if (existsSync(join(folder, 'vault.db'))) {
    throw new Failure(
      `${folder} has a vault. Move vault.db and vault.key out of it first: a restore overwrites no vault.`,
    );
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of ['vault.db', 'vault.key']) copyIfPresent(source, folder, name);
  const vault = SqliteLedger.open({ path: join(folder, 'vault.db'), mode: 'write', name: 'vault', shred: true });
  try {
    // The anchor may be of another time than the folder's history.
    await forgetAnchor(vault);
  } finally {
    await vault.close();
  }
  return { restored: 'vault' };
}

async function restoreStore(places: StorePlaces, source: string): Promise<RestoreResult> {
  refuseEngines('Restoring a store', places, ['eventStore', 'readStore']);
  const { folder } = places;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // First, because a ledger that can't be read must not be found out half-way.
  const positions = await positionsIn(source, folder);
  const restored = restoreHistory(join(source, 'history.db'), folder);
  // A folder keeps its own ledger: the steps below withdraw or reset what no longer fits.
  if (!existsSync(join(folder, 'ledger.db')))
    for (const name of ['ledger.db', 'seal.key']) copyIfPresent(source, folder, name);
  // The read models are of another history.
  removeReadStore(join(folder, 'read.db'));
  const restoring = async (stores: Stores): Promise<RestoreResult> => {
    const withdrawnSeals = await withdrawSealsAfter(stores, restored.lastPosition);
    await resetLedger(stores, (key) => positions.get(key) ?? restored.lastPosition ?? '');
    await recordRestore(stores, restored);
    await sealHistory(stores);
    const digest = restored.lastPosition === undefined ? null : await digestOf(stores);
    const { backupMadeAt, lastPosition = null } = restored;
    return { restored: 'store', backupMadeAt, lastPosition, withdrawnSeals, digest };
  };
  return withStores(places, 'write', restoring, { mayMake: true });
}

/** The back-up's positions of reactions and subscribers, by record. */
async function positionsIn(source: string, folder: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const backUpLedger = join(source, 'ledger.db');
  if (!existsSync(backUpLedger)) return found;
  // From a copy, because SQLite writes next to the file, and the back-up's folder may be read-only.
  const copy = join(folder, 'ledger.of-back-up.db');
  copyFileSync(backUpLedger, copy);
  try {
    const ledger = SqliteLedger.open({ path: copy, mode: 'read' });
    try {
      for (const kind of POSITION_RECORDS)
        for await (const { key, value } of recordsOf(ledger, kind)) found.set(key, String(value));
    } finally {
      await ledger.close();
    }
  } finally {
    for (const suffix of ['', '-wal', '-shm']) rmSync(copy + suffix, { force: true });
  }
  return found;
}

/**
 * Adapts a ledger that knows a longer history: sets positions back to those of the back-up, and removes records of
 * builds, whose numbers new builds reuse, and dead letters about events that history no longer holds.
 */
async function resetLedger({ events, ledger }: Stores, positionOf: (key: string) => string): Promise<void> {
  for (const kind of POSITION_RECORDS) {
    const puts: { key: string; value: string }[] = [];
    for await (const { key, value } of recordsOf(ledger, kind))
      if (String(value) > positionOf(key)) puts.push({ key, value: positionOf(key) });
    await ledger.putMany(puts);
  }
  for (const kind of BUILD_RECORDS) for await (const { key } of recordsOf(ledger, kind)) await ledger.remove(key);
  for (const kind of EVENT_RECORDS)
    for await (const { key, value } of recordsOf(ledger, kind)) {
      const { id, stream, revision } = (value as EventRecord).event;
      const { events: there } = await events.readStream(stream, { after: revision - 1, limit: 1 });
      if (there[0]?.id !== id) await ledger.remove(key);
    }
}

async function digestOf(stores: Stores): Promise<string> {
  await catchUp(stores);
  return (await digestBuild(stores.reads)).digest;
}

/** Copies to a temporary name first, so that a crash leaves no partial file. */
function copyIfPresent(source: string, folder: string, name: string): void {
  if (!existsSync(join(source, name))) return;
  const partial = join(folder, `${name}.restoring`);
  copyFileSync(join(source, name), partial);
  renameSync(partial, join(folder, name));
}

async function recordRestore(
  { events }: Stores,
  { backupMadeAt, lastPosition = '', headBefore }: Restored,
): Promise<void> {
  const now = new Date().toISOString();
  const stream = 'store';
  const { revision } = await events.readStream(stream, { direction: 'backwards', limit: 1 });
  const data = stated({ backupMadeAt, lastPosition, headBefore });
  const origin = { stream, actor: operator(), commandId: idOf('restore', backupMadeAt, now), now };
  await events.append(stream, [eventOfNow({ type: 'HistoryRestored', data }, origin)], revision);
}
