import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReadStore } from '../../read-store/read-store.js';
import { SqliteReadStore } from '../../read-store/sqlite/sqlite-read-store.js';

/** Runs the work with an empty read store, then deletes it. It is on disk: history may be larger than memory. */
export async function withTemporaryStore<T>(work: (reads: ReadStore) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'amends-reads-'));
  try {
    const reads = SqliteReadStore.open({ path: join(folder, 'read.db'), mode: 'write', disposable: true });
    return await work(reads).finally(() => reads.close());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
