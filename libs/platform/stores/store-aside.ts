import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReadStore } from '../../read-store/read-store.js';
import { SqliteReadStore } from '../../read-store/sqlite/sqlite-read-store.js';

/** An empty read store for the time of the work: on disk, because history may be larger than memory. */
export async function inAStoreAside<T>(work: (aside: ReadStore) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'amends-aside-'));
  try {
    const aside = SqliteReadStore.open({ path: join(folder, 'read.db'), mode: 'write', disposable: true });
    try {
      return await work(aside);
    } finally {
      await aside.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
