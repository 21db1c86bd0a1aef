import { ALL_SHARDS, SHARDS } from '../../event-sourcing/shard.js';
import type { Flush } from '../../read-store/read-store.js';
import { asKnown } from './as-known.js';
import { historyByShard } from './events-by-shard.js';
import { EventsToFold } from './events-to-fold.js';
import { giveWay } from './give-way.js';
import { ProjectionFold } from './projection-fold.js';
import { typesOf } from './projections.js';
import type { BuildOptions } from '../builds/rebuild.js';

/** Of the way, what sorting by shard takes; the rest is folding and storing. */
const SORTING = 0.1;

/**
 * Folds the shards of a build that were never read: each whole, so that a document is worked out and stored once,
 * however often history speaks of it, and memory holds no more than a shard. Stopped or killed, the same call goes on
 * with the shards that are left, up to the same position. Resolves to the number of events read.
 */
export async function foldShards<Inputs>(
  generation: number,
  options: BuildOptions<Inputs>,
  onShare: (share: number, events: number) => void,
): Promise<number> {
  const { events, reads, projections, knownAt, signal, rest = 0 } = options;
  const checkpoints = await reads.checkpoints(generation);
  const unread = ALL_SHARDS.filter((shard) => !checkpoints.has(shard));
  // Those that were read in a run before stopped there: up to another end, what that run stored might not hold any more.
  const upTo = checkpoints.values().next().value ?? (await events.end());
  if (unread.length === 0 || upTo === undefined) return 0;
  const byShard = await historyByShard(events, {
    filter: { types: typesOf(projections), ...(unread.length < SHARDS ? { shards: unread } : {}) },
    upTo,
    ...(signal && { signal }),
    onShare: (share) => onShare(SORTING * share, 0),
  });
  try {
    let read = 0;
    const told = byShard.shards;
    const untold = unread.filter((shard) => !told.includes(shard));
    if (untold.length > 0) await reads.flush(generation, { shards: untold, position: upTo, writes: [] });
    for (const [done, shard] of told.entries()) {
      signal?.throwIfAborted();
      const began = performance.now();
      const said = byShard.take(shard);
      const known = knownAt === undefined ? said : asKnown(said, knownAt);
      const writes = await foldShard(generation, new EventsToFold(known), options);
      await reads.flush(generation, { shards: [shard], position: upTo, writes });
      read += said.length;
      onShare(SORTING + (1 - SORTING) * ((done + 1) / told.length), read);
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
  { reads, projections, inputs, parked }: BuildOptions<Inputs>,
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
