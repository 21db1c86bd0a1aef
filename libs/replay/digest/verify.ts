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
  /** Where the build is made that the live one is compared with: an empty store of its own. */
  readonly aside: ReadStore;
  readonly projections: readonly AnyProjection<Inputs>[];
  /** Those that the live build goes on under. */
  readonly inputs: Inputs;
  /** Runs while the live build's follower waits. Without it nobody may be following. */
  whileHeld?<T>(work: () => Promise<T>): Promise<T>;
  readonly signal?: AbortSignal;
  onProgress?(progress: Pick<Progress, 'share' | 'events'>): void;
  /** The most differences listed; default 100. */
  readonly most?: number;
}

export interface Difference {
  readonly readModel: string;
  readonly shard: number;
  readonly id: string;
  /** Absent where the document should not be there, or is not there. */
  readonly live?: Document;
  readonly rebuilt?: Document;
}

export interface Verification {
  readonly equal: boolean;
  /** Of the live build as it is. */
  readonly digest: string;
  readonly rebuilt: string;
  readonly readModels: Readonly<Record<string, { readonly live: string; readonly rebuilt: string }>>;
  readonly differences: readonly Difference[];
  /** Differing shards beyond `most` documents are counted, not listed. */
  readonly more: boolean;
}

/** Builds again from history, and compares with what is live, shard by shard, each at its checkpoint. */
export async function verifyReadModels<Inputs>(options: VerifyOptions<Inputs>): Promise<Verification> {
  const { reads, aside, projections } = options;
  const live = await reads.live();
  if (!live) throw new Error('There is nothing to verify: no read models are live. Build them first.');
  const stamp = { ruleBooks: {}, reason: 'verify', madeAt: live.stamp.madeAt };
  const { id: rebuilt } = await aside.begin(shapesOf(projections), stamp);
  const whileHeld = options.whileHeld ?? (<T>(work: () => Promise<T>) => work());
  await foldUpTo(rebuilt, await reads.checkpoints(live.id), options);
  return whileHeld(async () => {
    await foldUpTo(rebuilt, await reads.checkpoints(live.id), options);
    return compare(options, live.id, rebuilt);
  });
}

/** Brings the build aside to where each shard of the live one stands. */
async function foldUpTo<Inputs>(
  generation: number,
  checkpoints: ReadonlyMap<number, string>,
  { events, aside, projections, inputs, signal, onProgress }: VerifyOptions<Inputs>,
): Promise<void> {
  const last = [...checkpoints.values()].reduce((most, at) => (at > most ? at : most), '');
  if (last === '') return;
  const fold = await Fold.open<Inputs>({ events, reads: aside, generation, projections, inputs });
  const from = fold.position;
  if (from !== undefined && from >= last) return;
  let read = 0;
  const filter = { types: typesOf(projections) };
  for await (const batch of events.readAll({ ...(from === undefined ? {} : { from }), batchSize: 5_000, filter })) {
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
  { reads, aside, projections, most = 100 }: VerifyOptions<Inputs>,
  live: number,
  rebuilt: number,
): Promise<Verification> {
  const readModels: Record<string, { live: string; rebuilt: string }> = {};
  const differences: Difference[] = [];
  let more = false;
  for (const { name } of digested(shapesOf(projections))) {
    const [one, other] = [await digestReadModel(reads, name, live), await digestReadModel(aside, name, rebuilt)];
    readModels[name] = { live: one.digest, rebuilt: other.digest };
    const shards = new Set([...one.shards.keys(), ...other.shards.keys()]);
    for (const shard of shards) if (one.shards.get(shard) === other.shards.get(shard)) shards.delete(shard);
    if (shards.size === 0) continue;
    const scans = [reads.scan(name, { generation: live }), aside.scan(name, { generation: rebuilt })] as const;
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
    yield { readModel, shard, id, ...(one && { live: one.document }), ...(other && { rebuilt: other.document }) };
  }
}
