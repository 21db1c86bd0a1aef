import type { AnyProjection, Shown } from '../../event-sourcing/projection.js';
import type { EventStore } from '../../event-store/event-store.js';
import { historyByShard } from '../fold/events-by-shard.js';
import { EventsToFold } from '../fold/events-to-fold.js';
import { foldWhole } from '../fold/fold-whole.js';
import { giveWay } from '../fold/give-way.js';
import { shapesOf, typesOf } from '../fold/projections.js';
import { digested, ShardDigest } from './digest.js';
import { sortById } from './fast/id-order.js';
import { Lines } from './fast/lines.js';

/** What a build must hold, by the checkpoints of its shards. */
export interface Expecting<Inputs> {
  readonly events: Pick<EventStore, 'readAll' | 'progress' | 'byShard'>;
  readonly projections: readonly AnyProjection<Inputs>[];
  readonly inputs: Inputs;
  /** How long it rests for each time that it folded a shard, so that requests go on. Default 0. */
  readonly rest?: number;
  readonly signal?: AbortSignal;
}

/** Shards with the positions up to which they are folded. */
export type Checkpoints = ReadonlyMap<number, string>;

/** By read model and shard; a shard without documents has none. */
export type ExpectedDigests = ReadonlyMap<string, ReadonlyMap<number, string>>;

/** About how many events are folded at a time: what is made of so few is gone before it grows old. */
const PART = 200;
/** Of the way, what sorting by shard takes; the rest is folding. */
const SORTING = 0.1;

/** Folds shards from history, one at a time, and keeps their digests alone: nothing is stored. */
export async function expectedDigests<Inputs>(
  checkpoints: Checkpoints,
  expecting: Expecting<Inputs>,
  onProgress?: (share: number, events: number) => void,
): Promise<ExpectedDigests> {
  const models = compared(expecting.projections).map((projection) => ({
    projection,
    digest: new ShardDigest(new Lines()),
    shards: new Map<number, string>(),
  }));
  let read = 0;
  await eachShard(
    checkpoints,
    expecting,
    (shard, batch, share) => {
      for (const { projection, digest, shards } of models) {
        for (const part of projection.ofOneStream ? batch.parts(PART) : [batch])
          for (const [id, document] of foldWhole(projection, part, expecting.inputs)) digest.add(id, document);
        const taken = digest.take();
        if (taken !== undefined) shards.set(shard, taken);
      }
      onProgress?.(share, (read += batch.events.length));
    },
    onProgress,
  );
  return new Map(models.map(({ projection: { name }, shards }) => [name, shards]));
}

/** What a read model must hold of one shard, in the order of ids. */
export async function expectedDocuments<Inputs>(
  name: string,
  checkpoint: readonly [shard: number, position: string],
  expecting: Expecting<Inputs>,
): Promise<readonly Shown[]> {
  const found: Shown[] = [];
  const projection = expecting.projections.find((one) => one.name === name);
  if (projection !== undefined)
    await eachShard(new Map([checkpoint]), { ...expecting, projections: [projection] }, (_, batch) => {
      found.push(...foldWhole(projection, batch, expecting.inputs));
    });
  return sortById(found as [string, Shown[1]][]);
}

async function eachShard<Inputs>(
  checkpoints: Checkpoints,
  { events, projections, rest = 0, signal }: Expecting<Inputs>,
  work: (shard: number, batch: EventsToFold, share: number) => void,
  onSorted?: (share: number, events: number) => void,
): Promise<void> {
  const upTo = [...checkpoints.values()].reduce((most, at) => (at > most ? at : most), '');
  if (upTo === '') return;
  const byShard = await historyByShard(events, {
    filter: { types: typesOf(projections), shards: [...checkpoints.keys()] },
    upTo,
    signal,
    onShare: (share) => onSorted?.(SORTING * share, 0),
  });
  try {
    const { shards } = byShard;
    for (const [done, shard] of shards.entries()) {
      signal?.throwIfAborted();
      const began = performance.now();
      const last = checkpoints.get(shard) ?? '';
      const within = byShard.take(shard).filter(({ position }) => position <= last);
      work(shard, new EventsToFold(within), SORTING + (1 - SORTING) * ((done + 1) / shards.length));
      await giveWay(rest * (performance.now() - began));
    }
  } finally {
    byShard.close();
  }
}

/** The projections whose documents a digest covers. */
function compared<Inputs>(projections: readonly AnyProjection<Inputs>[]): readonly AnyProjection<Inputs>[] {
  const names = new Set(digested(shapesOf(projections)).map(({ name }) => name));
  return projections.filter(({ name }) => names.has(name));
}
