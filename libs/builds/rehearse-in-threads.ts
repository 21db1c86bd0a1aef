import type { ShareRequest, ShareFound, ShareProgress } from '../rehearsal/share.js';
import { inShares } from './in-shares.js';
import { runInThread, type ThreadOptions } from './run-in-thread.js';

/** Splits a rehearsal over so many threads, each with its part of the shards. */
export const rehearseInThreads =
  (threads: number, { onProgress, ...options }: ThreadOptions & { onProgress?(progress: ShareProgress): void }) =>
  (whole: ShareRequest): Promise<readonly ShareFound[]> =>
    inShares(
      threads,
      (share) => {
        const shards = whole.shards.filter(share.isMine);
        return runInThread('rehearseShare', { ...whole, shards }, { ...options, onProgress: share.onProgress });
      },
      onProgress,
    );
