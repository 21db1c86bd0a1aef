import type { GenerationStamp } from '../read-store/read-store.js';
import type { Checkpoints, ExpectedDigests } from '../replay/digest/expected.js';
import { runInThread, type ThreadOptions } from './run-in-thread.js';
import type { WorkProgress } from './work.js';

/** Folds history again in so many threads, each with its part of the shards, and keeps the digests alone. */
export const expectInThreads =
  (threads: number, stamp: GenerationStamp, { onProgress, ...options }: ThreadOptions) =>
  async (checkpoints: Checkpoints): Promise<ExpectedDigests> => {
    const progressOf = Array.from({ length: threads }, (): WorkProgress => ({ share: 0, events: 0 }));
    const shares = await Promise.all(
      progressOf.map((_, thread) =>
        runInThread(
          'expect',
          {
            stamp,
            checkpoints: [...checkpoints].filter(([shard]) => shard % threads === thread),
            rests: threads === 1,
          },
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
        ),
      ),
    );
    const [first, ...others] = shares;
    return new Map(
      [...(first ?? [])].map(([name, shards]) => [
        name,
        new Map([...shards, ...others.flatMap((share) => [...(share.get(name) ?? [])])]),
      ]),
    );
  };
