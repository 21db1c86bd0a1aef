import type { Generation, ReadStore } from '../../read-store/read-store.js';

/** Switches from the live build to another in one step; the one before is kept, and fed, until it is released. */
export async function switchGeneration(
  reads: ReadStore,
  to: number,
): Promise<{ from: number | undefined; to: number }> {
  const live = await reads.live();
  await reads.switchTo(to, live?.id);
  return { from: live?.id, to };
}

/** Drops the builds that were served before, except the one that a roll-back would return to. */
export async function releaseRetired(reads: ReadStore, except: number | undefined): Promise<void> {
  for (const { id, status } of await reads.generations())
    if (status === 'retired' && id !== except) await reads.release(id);
}

/** Whether a build follows history: it is served, kept to go back to, or about to be switched to. */
export const isFed = ({ status }: Generation): boolean => status !== 'building';
