import type { GenerationStamp } from '../read-store/read-store.js';
import type { Checkpoints, ExpectedDigests } from '../replay/digest/expected.js';
import { inShares } from './in-shares.js';
import { runInThread, type ThreadOptions } from './run-in-thread.js';

/** Folds history again in so many threads, each with its part of the shards, and keeps the digests alone. */
export const expectInThreads =
  (threads: number, stamp: GenerationStamp, { onProgress, ...options }: ThreadOptions) =>
  async (whole: Checkpoints): Promise<ExpectedDigests> => {
    const shares = await inShares(
      threads,
      (share) => {
        const checkpoints = [...whole].filter(([shard]) => share.isMine(shard));
        const input = { stamp, checkpoints, rests: threads === 1 };
        return runInThread('expect', input, { ...options, onProgress: share.onProgress });
      },
      onProgress,
    );
    const [first = new Map<string, ReadonlyMap<number, string>>()] = shares;
    const ofAll = (name: string) => new Map(shares.flatMap((share) => [...(share.get(name) ?? [])]));
    return new Map([...first.keys()].map((name) => [name, ofAll(name)]));
  };
