import type { WorkProgress } from './work.js';

/** One thread's part of the work: its shards, and whom it tells how far it is. */
export interface Share {
  isMine(this: void, shard: number): boolean;
  onProgress(this: void, progress: WorkProgress): void;
}

/** Divides work by shards among so many threads, and adds up how far they are. */
export function inShares<T>(
  threads: number,
  work: (share: Share) => Promise<T>,
  onProgress?: (progress: { readonly share: number; readonly events: number }) => void,
): Promise<readonly T[]> {
  const progressOf = Array.from({ length: threads }, (): WorkProgress => ({ share: 0, events: 0 }));
  return Promise.all(
    progressOf.map((_, thread) =>
      work({
        isMine: (shard) => shard % threads === thread,
        onProgress: (progress) => {
          progressOf[thread] = progress;
          onProgress?.({
            share: progressOf.reduce((sum, { share }) => sum + share, 0) / threads,
            events: progressOf.reduce((sum, { events }) => sum + events, 0),
          });
        },
      }),
    ),
  );
}
