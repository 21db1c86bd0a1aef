import type { EventStore } from '../../event-store/event-store.js';
import type { AnyProjection, Document } from '../../event-sourcing/projection.js';
import type { ReadStore, StoredDocument } from '../../read-store/read-store.js';
import { digestOf, digestReadModel, digested } from './digest.js';
import { Fold } from '../fold/fold.js';
import { Lines } from './fast/lines.js';
import { pairedScans } from './paired-scans.js';
import { shapesOf, typesOf } from '../fold/projections.js';
import type { Progress } from '../builds/rebuild.js';
import { Utf8Writer } from './fast/utf8-writer.js';

export interface VerifyOptions<Inputs> {
  readonly events: EventStore;
  readonly reads: ReadStore;
  /** An empty store for the build that is compared with the live one. */
  readonly scratch: ReadStore;
  readonly projections: readonly AnyProjection<Inputs>[];
  /** The inputs of the live build. */
  readonly inputs: Inputs;
  /** Pauses the live build's follower during the work. Leave it out only if nothing follows. */
  whilePaused?<T>(work: () => Promise<T>): Promise<T>;
  readonly signal?: AbortSignal;
  onProgress?(progress: Pick<Progress, 'share' | 'events'>): void;
  /** The most differences listed; default 100. */
  readonly most?: number;
}

export interface Difference {
  readonly readModel: string;
  readonly shard: number;
  readonly id: string;
  /** Absent if that side has no such document. */
  readonly live?: Document;
  readonly rebuilt?: Document;
}

export interface Verification {
  readonly equal: boolean;
  /** The digest of the live build. */
  readonly digest: string;
  readonly rebuilt: string;
  readonly readModels: Readonly<Record<string, { readonly live: string; readonly rebuilt: string }>>;
  readonly differences: readonly Difference[];
  /** Whether there are more differences than the list has. */
  readonly more: boolean;
}

/** Rebuilds from history and compares with the live build, each shard at its checkpoint. */
export async function verifyReadModels<Inputs>(options: VerifyOptions<Inputs>): Promise<Verification> {
  const { reads, scratch, projections } = options;
  const live = await reads.live();
  if (!live) throw new Error('There are no live read models to verify. Build them first.');
  const stamp = { ruleBooks: {}, reason: 'verify', madeAt: live.stamp.madeAt };
  const { id: rebuilt } = await scratch.begin(shapesOf(projections), stamp);
  const whilePaused = options.whilePaused ?? (<T>(work: () => Promise<T>) => work());
  await foldUpTo(rebuilt, await reads.checkpoints(live.id), options);
  return whilePaused(async () => {
    await foldUpTo(rebuilt, await reads.checkpoints(live.id), options);
    return compare(options, live.id, rebuilt);
  });
}

/** Folds each shard up to the live build's checkpoint. */
async function foldUpTo<Inputs>(
  generation: number,
  checkpoints: ReadonlyMap<number, string>,
  { events, scratch, projections, inputs, signal, onProgress }: VerifyOptions<Inputs>,
): Promise<void> {
  const last = [...checkpoints.values()].reduce((most, at) => (at > most ? at : most), '');
  if (last === '') return;
  const fold = await Fold.open<Inputs>({ events, reads: scratch, generation, projections, inputs });
  const from = fold.position;
  if (from !== undefined && from >= last) return;
  let read = 0;
  const filter = { types: typesOf(projections) };
  for await (const batch of events.readAll({ from, batchSize: 5_000, filter })) {
    signal?.throwIfAborted();
    const within = batch.events.filter(({ shard, position }) => position <= (checkpoints.get(shard) ?? ''));
    const position = batch.position < last ? batch.position : last;
    await fold.apply({ events: within, position });
    read += within.length;
    onProgress?.({ share: Math.min(1, events.progress(undefined, position, last)), events: read });
    if (batch.position >= last) return;
  }
}

async function compare<Inputs>(
  { reads, scratch, projections, most = 100 }: VerifyOptions<Inputs>,
  live: number,
  rebuilt: number,
): Promise<Verification> {
  const readModels: Record<string, { live: string; rebuilt: string }> = {};
  const differences: Difference[] = [];
  let more = false;
  for (const { name } of digested(shapesOf(projections))) {
    const [one, other] = [await digestReadModel(reads, name, live), await digestReadModel(scratch, name, rebuilt)];
    readModels[name] = { live: one.digest, rebuilt: other.digest };
    const shards = new Set([...one.shards.keys(), ...other.shards.keys()]);
    for (const shard of shards) if (one.shards.get(shard) === other.shards.get(shard)) shards.delete(shard);
    if (shards.size === 0) continue;
    const scans = [reads.scan(name, { generation: live }), scratch.scan(name, { generation: rebuilt })] as const;
    for await (const difference of differing(name, scans[0], scans[1])) {
      if (!shards.has(difference.shard)) continue;
      if (differences.length < most) differences.push(difference);
      else more = true;
    }
  }
  const digest = digestOf(Object.fromEntries(Object.entries(readModels).map(([name, of]) => [name, of.live])));
  const again = digestOf(Object.fromEntries(Object.entries(readModels).map(([name, of]) => [name, of.rebuilt])));
  return { equal: digest === again, digest, rebuilt: again, readModels, differences, more };
}

type Scan = ReturnType<ReadStore['scan']>;

/** The documents that only one side has, or that differ. */
async function* differing(readModel: string, live: Scan, rebuilt: Scan): AsyncGenerator<Difference> {
  const lines = new Lines();
  const [found, expected] = [new Utf8Writer(), new Utf8Writer()];
  for await (const [one, other] of pairedScans(live, rebuilt)) {
    const { shard, id } = (one ?? other) as StoredDocument;
    if (one && other) {
      lines.add(one, found);
      lines.add(other, expected);
      if (found.take().equals(expected.take())) continue;
    }
    yield { readModel, shard, id, live: one?.document, rebuilt: other?.document };
  }
}
