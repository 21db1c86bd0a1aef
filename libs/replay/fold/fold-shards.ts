import { ALL_SHARDS, SHARDS } from '../../event-sourcing/shard.js';
import type { AnyProjection } from '../../event-sourcing/projection.js';
import type { EventStore } from '../../event-store/event-store.js';
import type { Flush, ReadStore } from '../../read-store/read-store.js';
import { historyByShard } from './events-by-shard.js';
import { asKnown, EventsToFold } from './events-to-fold.js';
import { giveWay } from './give-way.js';
import { ProjectionFold } from './projection-fold.js';
import { typesOf } from './projections.js';
import type { ParkedList } from './parked.js';

export interface ShardsToFold<Inputs> {
  readonly events: EventStore;
  readonly reads: ReadStore;
  readonly projections: readonly AnyProjection<Inputs>[];
  readonly inputs: Inputs;
  readonly parked?: ParkedList;
  readonly knownAt?: string;
  /** How long it rests for each time that it folded a shard, so that requests go on. Default 0. */
  readonly rest?: number;
  /** Stops the fold between two steps; the same call goes on from there. */
  readonly signal?: AbortSignal;
}

/** The part of the progress for grouping events by shard; the rest is folding and storing. */
const SORTING = 0.1;

/**
 * Folds the shards of a build that have no checkpoint yet, one at a time, so that memory holds one shard and each
 * document is stored once. After a stop or a crash the same call resumes, up to the same position. Resolves to the
 * number of events read.
 */
export async function foldShards<Inputs>(
  generation: number,
  options: ShardsToFold<Inputs>,
  onShare: (share: number, events: number) => void,
): Promise<number> {
  const { events, reads, projections, knownAt, signal, rest = 0 } = options;
  const checkpoints = await reads.checkpoints(generation);
  const unread = ALL_SHARDS.filter((shard) => !checkpoints.has(shard));
  // An interrupted run stopped its shards at this position; another end could contradict what it stored.
  const upTo = checkpoints.values().next().value ?? (await events.end());
  if (unread.length === 0 || upTo === undefined) return 0;
  const byShard = await historyByShard(events, {
    filter: { types: typesOf(projections), shards: unread.length < SHARDS ? unread : undefined },
    upTo,
    signal,
    onShare: (share) => onShare(SORTING * share, 0),
  });
  try {
    let read = 0;
    const { shards } = byShard;
    const empty = unread.filter((shard) => !shards.includes(shard));
    if (empty.length > 0) await reads.flush(generation, { shards: empty, position: upTo, writes: [] });
    for (const [done, shard] of shards.entries()) {
      signal?.throwIfAborted();
      const began = performance.now();
      const ofShard = byShard.take(shard);
      const writes = await foldShard(generation, new EventsToFold(asKnown(ofShard, knownAt)), options);
      await reads.flush(generation, { shards: [shard], position: upTo, writes });
      read += ofShard.length;
      onShare(SORTING + (1 - SORTING) * ((done + 1) / shards.length), read);
      await giveWay(rest * (performance.now() - began));
    }
    return read;
  } finally {
    byShard.close();
  }
}

async function foldShard<Inputs>(
  generation: number,
  batch: EventsToFold,
  { reads, projections, inputs, parked }: ShardsToFold<Inputs>,
): Promise<Flush['writes']> {
  const skipped = await parked?.skippedEvents(generation);
  const writes: Flush['writes'][number][] = [];
  for (const projection of projections) {
    const fold = ProjectionFold.ofWhole<Inputs>(
      projection,
      batch,
      (shape, id, document) => reads.refuseTooLarge(shape, id, document),
      skipped?.get(projection.name),
    );
    const folded = await fold.fold(batch, inputs);
    for (const one of folded.parked) {
      if (!parked) throw one.error;
      await parked.park(generation, one);
    }
    for (const write of folded.writes) writes.push(write);
  }
  return writes;
}
