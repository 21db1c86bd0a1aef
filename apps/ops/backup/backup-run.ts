import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { SqliteEventStore } from '../../../libs/event-store/sqlite/sqlite-event-store.js';
import { SqliteLedger } from '../../../libs/ledger/sqlite/sqlite-ledger.js';
import { DECLARATIONS } from '../../../libs/recovery/history.js';
import type { StorePlaces } from '../../../libs/platform/config/store-places.js';
import { refuseEngines } from '../data-folder.js';
import { Failure } from '../failure.js';

/** A folder's files by back-up. Amends rebuilds read models, locks and heads. */
const OF_STORE = { databases: ['ledger'], keys: ['seal.key'] } as const;
const OF_VAULT = { databases: ['vault'], keys: ['vault.key'] } as const;
/** All pages in one step. */
const ALL_PAGES = 2_147_483_647;

/** Runs while others write. It copies the ledger before history, so that no seal covers a missing event. */
export async function runBackup(places: StorePlaces, to: string, vault: boolean) {
  refuseEngines('A back-up', places, vault ? ['vault'] : ['eventStore', 'readStore']);
  const { folder } = places;
  const target = resolve(to);
  if (existsSync(target) && readdirSync(target).length > 0) {
    throw new Failure(`${target} already holds files. Name an empty or a new folder: no back-up overwrites another.`);
  }
  mkdirSync(target, { recursive: true, mode: 0o700 });
  const madeAt = new Date().toISOString();
  const { databases, keys } = vault ? OF_VAULT : OF_STORE;
  const files: string[] = [];
  try {
    for (const records of databases) {
      const name = `${records}.db`;
      if (!existsSync(join(folder, name))) continue;
      await refuseDamaged(join(folder, name), records);
      const source = new DatabaseSync(join(folder, name), { readOnly: true, timeout: 10_000 });
      try {
        await backup(source, join(target, name), { rate: ALL_PAGES });
      } finally {
        source.close();
      }
      files.push(name);
    }
    for (const name of keys) {
      if (!existsSync(join(folder, name))) continue;
      copyFileSync(join(folder, name), join(target, name));
      files.push(name);
    }
    if (!vault) {
      const events = SqliteEventStore.open({ folder, declarations: DECLARATIONS, mode: 'read' });
      try {
        await events.backup(join(target, 'history.db'), madeAt);
      } finally {
        await events.close();
      }
      files.push('history.db');
    }
  } catch (error) {
    for (const name of files) rmSync(join(target, name), { force: true });
    throw error;
  }
  return { folder: target, madeAt, files };
}

/** Else the back-up of something damaged would take the place of a whole one. @throws LedgerDamaged */
async function refuseDamaged(path: string, name: 'ledger' | 'vault'): Promise<void> {
  const records = SqliteLedger.open({ path, mode: 'read', name });
  try {
    const [damage] = await records.damages(1);
    if (damage !== undefined) throw damage;
  } finally {
    await records.close();
  }
}
