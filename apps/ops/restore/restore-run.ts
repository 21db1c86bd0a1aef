import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { idOf } from '../../../libs/event-sourcing/identity.js';
import { shardOf } from '../../../libs/event-sourcing/shard.js';
import { restoreHistory, type Restored } from '../../../libs/event-store/sqlite/back-up.js';
import { forgetAnchor } from '../../../libs/evidence/anchor.js';
import { withdrawSealsAfter } from '../../../libs/evidence/sealer.js';
import { SqliteLedger } from '../../../libs/ledger/sqlite/sqlite-ledger.js';
import { recordsOf } from '../../../libs/migration/copy-records.js';
import { removeReadStore } from '../../../libs/read-store/sqlite/build-files.js';
import { DECLARATIONS, type EventToAppend } from '../../../libs/recovery/history.js';
import { digestBuild } from '../../../libs/replay/digest/digest.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import type { StorePlaces } from '../../../libs/platform/config/store-places.js';
import { refuseOnEngines, withStores } from '../data-folder.js';
import { Failure } from '../failure.js';
import { operator } from '../operator.js';
import { bringUpToDate } from '../read-models.js';
import { OF_BUILDS, OF_EVENTS, POSITIONS, type OfEvent } from '../records-of-history.js';
import { sealHistory } from '../sealing.js';

export type RestoreResult =
  | { readonly restored: 'vault' }
  | {
      readonly restored: 'store';
      readonly backupMadeAt: string;
      readonly lastPosition: string | null;
      readonly withdrawnSeals: number;
      readonly digest: string | null;
    };

/** A back-up of the store, or of the vault, into a folder that no process writes. */
export async function runRestore(places: StorePlaces, from: string): Promise<RestoreResult> {
  const source = resolve(from);
  if (existsSync(join(source, 'history.db'))) return restoreStore(places, source);
  if (existsSync(join(source, 'vault.db'))) return restoreVault(places, source);
  throw new Failure(
    `${source} holds no back-up: neither a history.db nor a vault.db is in it. Name the folder that amends backup made.`,
  );
}

async function restoreVault(places: StorePlaces, source: string): Promise<RestoreResult> {
  refuseOnEngines('Restoring a vault', places, ['vault']);
  const { folder } = places;
  if (existsSync(join(folder, 'vault.db'))) {
    throw new Failure(`${folder} has a vault. Move vault.db and vault.key out of it first: no vault is overwritten.`);
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of ['vault.db', 'vault.key']) putBack(source, folder, name);
  const vault = SqliteLedger.open({ path: join(folder, 'vault.db'), mode: 'write', name: 'vault', shred: true });
  try {
    // How far was sealed when the back-up was made says nothing of the history that it is put beside.
    await forgetAnchor(vault);
  } finally {
    await vault.close();
  }
  return { restored: 'vault' };
}

async function restoreStore(places: StorePlaces, source: string): Promise<RestoreResult> {
  refuseOnEngines('Restoring a store', places, ['eventStore', 'readStore']);
  const { folder } = places;
  const restored = restoreHistory(join(source, 'history.db'), folder);
  const reached = await positionsIn(source, folder);
  // A folder that has its own ledger keeps it: what no longer fits is set aside in it, or set back.
  if (!existsSync(join(folder, 'ledger.db')))
    for (const name of ['ledger.db', 'seal.key']) putBack(source, folder, name);
  // Read models follow history: what was built from another one is built again.
  removeReadStore(join(folder, 'read.db'));
  return withStores(places, 'write', async (stores) => {
    const withdrawnSeals = await withdrawSealsAfter(stores, restored.lastPosition);
    await setBack(stores, (key) => reached.get(key) ?? restored.lastPosition ?? '');
    await tell(stores, restored);
    await sealHistory(stores);
    const digest = restored.lastPosition === undefined ? null : await digestOf(stores);
    const { backupMadeAt, lastPosition = null } = restored;
    return { restored: 'store', backupMadeAt, lastPosition, withdrawnSeals, digest };
  });
}

/** How far reactions and subscribers had come when the back-up was made, by record. */
async function positionsIn(source: string, folder: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const kept = join(source, 'ledger.db');
  if (!existsSync(kept)) return found;
  // From a copy: a back-up may lie where nothing can be written, and SQLite writes beside what it reads.
  const copy = join(folder, 'ledger.of-back-up.db');
  copyFileSync(kept, copy);
  try {
    const ledger = SqliteLedger.open({ path: copy, mode: 'read' });
    try {
      for (const kind of POSITIONS)
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
 * A ledger that stayed speaks of a history that had gone further. Whoever goes on from a position goes on from where
 * they were when the back-up was made: what they did since is not in history any more. What waited in builds goes with
 * them: those that are made now have the same numbers. So do dead letters about events that never happened now.
 */
async function setBack({ events, ledger }: Stores, reachedIn: (key: string) => string): Promise<void> {
  for (const kind of POSITIONS) {
    const puts: { key: string; value: string }[] = [];
    for await (const { key, value } of recordsOf(ledger, kind))
      if (String(value) > reachedIn(key)) puts.push({ key, value: reachedIn(key) });
    await ledger.putMany(puts);
  }
  for (const kind of OF_BUILDS) for await (const { key } of recordsOf(ledger, kind)) await ledger.remove(key);
  for (const kind of OF_EVENTS)
    for await (const { key, value } of recordsOf(ledger, kind)) {
      const { id, stream, revision } = (value as OfEvent).event;
      const { events: there } = await events.readStream(stream, { after: revision - 1, limit: 1 });
      if (there[0]?.id !== id) await ledger.remove(key);
    }
}

async function digestOf(stores: Stores): Promise<string> {
  await bringUpToDate(stores);
  return (await digestBuild(stores.reads)).digest;
}

/** Copied beside its place first, so that being ended half-way leaves no half file. */
function putBack(source: string, folder: string, name: string): void {
  if (!existsSync(join(source, name))) return;
  const partial = join(folder, `${name}.restoring`);
  copyFileSync(join(source, name), partial);
  renameSync(partial, join(folder, name));
}

/** History says of itself that it was put back. */
async function tell({ events }: Stores, { backupMadeAt, lastPosition = '', headBefore }: Restored): Promise<void> {
  const now = new Date().toISOString();
  const stream = 'store';
  const { revision } = await events.readStream(stream, { direction: 'backwards', limit: 1 });
  const commandId = idOf('restore', backupMadeAt, now);
  const event: EventToAppend = {
    id: idOf(commandId, stream, 0),
    type: 'HistoryRestored',
    schemaVersion: DECLARATIONS.HistoryRestored.schemaVersion,
    stream,
    shard: shardOf(stream),
    programme: '',
    occurredAt: now,
    knownAt: now,
    recordedAt: now,
    actor: operator(),
    commandId,
    correlationId: commandId,
    causationId: commandId,
    data: { backupMadeAt, lastPosition, ...(headBefore === undefined ? {} : { headBefore }) },
  };
  await events.append(stream, [event], revision);
}
