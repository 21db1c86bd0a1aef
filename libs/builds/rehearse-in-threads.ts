import type { ShareRequest, ShareFound, ShareProgress } from '../rehearsal/share.js';
import { runInThread, type ThreadOptions } from './run-in-thread.js';

/** Splits a rehearsal over so many threads, each with its part of the shards. */
export const rehearseInThreads =
  (threads: number, { onProgress, ...options }: ThreadOptions & { onProgress?(progress: ShareProgress): void }) =>
  (whole: ShareRequest): Promise<readonly ShareFound[]> => {
    const progressOf = Array.from({ length: threads }, (): ShareProgress => ({ share: 0, events: 0 }));
    return Promise.all(
      progressOf.map((_, thread) => {
        const shards = whole.shards.filter((shard) => shard % threads === thread);
        return runInThread(
          'rehearseShare',
          { ...whole, shards },
          {
            ...options,
            onProgress(progress) {
              progressOf[thread] = progress;
              onProgress?.({
                share: progressOf.reduce((sum, { share }) => sum + share, 0) / threads,
                events: progressOf.reduce((sum, { events }) => sum + events, 0),
              });
            },
          },
        );
      }),
    );
  };
