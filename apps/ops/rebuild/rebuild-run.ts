import { join } from 'node:path';
import type { StorePlaces } from '../../../libs/platform/config/store-places.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { ReadStoreDamaged, type ReadStore } from '../../../libs/read-store/read-store.js';
import { removeReadStore } from '../../../libs/read-store/sqlite/build-files.js';
import { withStores } from '../data-folder.js';
import { catchUp, directBuilds } from '../end-of-history.js';

export interface Rebuilt {
  readonly generation: number;
  /** The builds that were dropped. */
  readonly released: readonly number[];
  /** Whether the files could not even be opened. */
  readonly removedFiles: boolean;
}

/** Builds the read models again and serves them; drops the build that was served, and damaged ones that were kept. */
export async function runRebuild(places: StorePlaces, reason: string): Promise<Rebuilt> {
  try {
    return await withStores(places, 'write', (stores) => rebuildBeside(stores, reason));
  } catch (error) {
    if (!(error instanceof ReadStoreDamaged) || places.readStore !== undefined) throw error;
    removeReadStore(join(places.folder, 'read.db'));
    const { id } = await withStores(places, 'write', catchUp);
    return { generation: id, released: [], removedFiles: true };
  }
}

async function rebuildBeside(stores: Stores, reason: string): Promise<Rebuilt> {
  const { reads } = stores;
  const builds = directBuilds(stores);
  const { id } = await builds.build({ reason });
  const { from } = await builds.switchTo(id);
  const released: number[] = [];
  for (const kept of await reads.generations())
    if (kept.status === 'retired' && (kept.id === from || (await isDamaged(reads, kept.id)))) {
      await reads.release(kept.id);
      released.push(kept.id);
    }
  return { generation: id, released, removedFiles: false };
}

const isDamaged = async (reads: ReadStore, build: number): Promise<boolean> =>
  (await reads.damages(build, 1)).length > 0;
