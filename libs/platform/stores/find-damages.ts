import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { historyDamages } from '../../event-store/sqlite/damages.js';
import type { StorePlaces } from '../config/store-places.js';
import { openLedger, openReads, openVault } from './open-stores.js';
import { isStoreDamaged } from './store-damaged.js';

export interface Damages {
  readonly history: readonly string[];
  readonly readModels: readonly string[];
  /** Of the ledger and the vault. */
  readonly records: readonly string[];
}

/** Of each store. */
const MOST = 50;

/**
 * What is damaged in the stores, in words: it reads all of each store, one store after the other, whatever is wrong with
 * another. A comparison with history and its seals finds what is whole but was changed.
 */
export async function findDamages(places: StorePlaces): Promise<Damages> {
  return {
    history: await said(async () => (isHere(places) ? historyDamages(places.folder, MOST) : [])),
    readModels: await said(async () => {
      const reads = await openReads(places, { mode: 'read' });
      try {
        const live = await reads.live();
        return live === undefined ? [] : await reads.damages(live.id, MOST);
      } finally {
        await reads.close();
      }
    }),
    records: [
      ...(await said(() => ofRecords(openLedger, places))),
      ...(await said(() => ofRecords(openVault, places))),
    ],
  };
}

const isHere = ({ eventStore, folder }: StorePlaces): boolean =>
  eventStore === undefined && existsSync(join(folder, 'history.db'));

async function ofRecords(open: typeof openLedger, places: StorePlaces): Promise<readonly Error[]> {
  const records = await open(places, { mode: 'read' });
  try {
    return await records.damages(MOST);
  } finally {
    await records.close();
  }
}

async function said(find: () => Promise<readonly Error[]>): Promise<readonly string[]> {
  try {
    return (await find()).map(({ message }) => message);
  } catch (error) {
    if (isStoreDamaged(error)) return [error.message];
    throw error;
  }
}
