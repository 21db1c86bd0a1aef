import type { Generation, ReadStore } from '../../read-store/read-store.js';

/** From the live build to another in one step; the one before is kept, and fed, until it is released. */
export async function switchGeneration(
  reads: ReadStore,
  to: number,
): Promise<{ from: number | undefined; to: number }> {
  const live = await reads.live();
  await reads.switchTo(to, live?.id);
  return { from: live?.id, to };
}

/** Back to the build that was live before. @throws Error where it was released or never was. */
export async function rollback(reads: ReadStore): Promise<{ from: number | undefined; to: number }> {
  const before = (await reads.generations()).findLast(({ status }) => status === 'retired');
  if (!before) throw new Error('There is no build to roll back to: none is kept. Rebuild under the rules wanted.');
  return switchGeneration(reads, before.id);
}

/** Drops builds that nothing will go back to: retired ones and, by choice, those left half-built. */
export async function release(
  reads: ReadStore,
  which: (generation: Generation) => boolean,
): Promise<readonly number[]> {
  const dropped: number[] = [];
  for (const generation of await reads.generations()) {
    if (generation.status === 'live' || !which(generation)) continue;
    await reads.release(generation.id);
    dropped.push(generation.id);
  }
  return dropped;
}

/** Those that follow history: the one served, those kept to go back to, and those about to be switched to. */
export const isFed = ({ status }: Generation): boolean => status !== 'building';
