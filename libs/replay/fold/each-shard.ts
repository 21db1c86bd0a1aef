import type { Recorded } from '../../event-sourcing/event.js';
import type { ByShardOptions, EventStore } from '../../event-store/event-store.js';
import { historyByShard } from './events-by-shard.js';
import { giveWay } from './give-way.js';

export interface ShardsWanted extends Pick<ByShardOptions, 'filter' | 'upTo' | 'signal'> {
  readonly events: Pick<EventStore, 'readAll' | 'progress' | 'byShard'>;
  /** How long it rests for each time that it worked on a shard, so that requests go on. Default 0. */
  readonly rest?: number | undefined;
  /** 0 to 1, and the events that were taken. */
  onProgress?(share: number, events: number): void;
}

/** Of the way, what sorting by shard takes; the rest is the work. */
const SORTING = 0.1;

/** Takes the events of one shard after the other, so that memory holds one. Resolves to the number of events. */
export async function eachShard(
  { events, rest = 0, onProgress, ...wanted }: ShardsWanted,
  work: (shard: number, events: readonly Recorded[]) => void,
): Promise<number> {
  const byShard = await historyByShard(events, { ...wanted, onShare: (share) => onProgress?.(SORTING * share, 0) });
  let read = 0;
  try {
    const { shards } = byShard;
    for (const [done, shard] of shards.entries()) {
      wanted.signal?.throwIfAborted();
      const began = performance.now();
      const taken = byShard.take(shard);
      read += taken.length;
      work(shard, taken);
      onProgress?.(SORTING + (1 - SORTING) * ((done + 1) / shards.length), read);
      await giveWay(rest * (performance.now() - began));
    }
    wanted.signal?.throwIfAborted();
  } finally {
    byShard.close();
  }
  return read;
}
