import type { AnyProjection, Shown } from '../../event-sourcing/projection.js';
import type { EventStore } from '../../event-store/event-store.js';
import { stated } from '../../event-sourcing/stated.js';
import { eachShard } from '../fold/each-shard.js';
import { EventsToFold } from '../fold/events-to-fold.js';
import { foldWhole } from '../fold/fold-whole.js';
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
  await foldEach(
    checkpoints,
    expecting,
    (shard, batch) => {
      for (const { projection, digest, shards } of models) {
        for (const part of projection.ofOneStream ? batch.parts(PART) : [batch])
          for (const [id, document] of foldWhole(projection, part, expecting.inputs)) digest.add(id, document);
        const taken = digest.take();
        if (taken !== undefined) shards.set(shard, taken);
      }
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
    await foldEach(new Map([checkpoint]), { ...expecting, projections: [projection] }, (_, batch) => {
      found.push(...foldWhole(projection, batch, expecting.inputs));
    });
  return sortById(found as [string, Shown[1]][]);
}

async function foldEach<Inputs>(
  checkpoints: Checkpoints,
  { events, projections, rest, signal }: Expecting<Inputs>,
  work: (shard: number, batch: EventsToFold) => void,
  onProgress?: (share: number, events: number) => void,
): Promise<void> {
  const upTo = [...checkpoints.values()].reduce((most, at) => (at > most ? at : most), '');
  if (upTo === '') return;
  const filter = { types: typesOf(projections), shards: [...checkpoints.keys()] };
  await eachShard(stated({ events, filter, upTo, rest, signal, onProgress }), (shard, taken) => {
    const last = checkpoints.get(shard) ?? '';
    work(shard, new EventsToFold(taken.filter(({ position }) => position <= last)));
  });
}

/** The projections whose documents a digest covers. */
function compared<Inputs>(projections: readonly AnyProjection<Inputs>[]): readonly AnyProjection<Inputs>[] {
  const names = new Set(digested(shapesOf(projections)).map(({ name }) => name));
  return projections.filter(({ name }) => names.has(name));
}
