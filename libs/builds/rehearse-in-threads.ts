import type { ShareAsked, ShareFound, ShareProgress } from '../rehearsal/share.js';
import { runBeside, type BesideOptions } from './run-beside.js';

/** Has the shares of a rehearsal done by so many threads side by side, each with its part of the shards. */
export const rehearseInThreads =
  (threads: number, { onProgress, ...options }: BesideOptions & { onProgress?(progress: ShareProgress): void }) =>
  (whole: ShareAsked): Promise<readonly ShareFound[]> => {
    const so = Array.from({ length: threads }, (): ShareProgress => ({ share: 0, events: 0 }));
    return Promise.all(
      so.map((_, thread) => {
        const shards = whole.shards.filter((shard) => shard % threads === thread);
        return runBeside(
          'rehearseShare',
          { ...whole, shards },
          {
            ...options,
            onProgress(progress) {
              so[thread] = progress;
              onProgress?.({
                share: so.reduce((sum, { share }) => sum + share, 0) / threads,
                events: so.reduce((sum, { events }) => sum + events, 0),
              });
            },
          },
        );
      }),
    );
  };
