import type { EventStore } from '../../event-store/event-store.js';
import type { Document, Shown } from '../../event-sourcing/projection.js';
import type { ReadStore, StoredDocument } from '../../read-store/read-store.js';
import { digestOf, digestOfShards, digestReadModel, digested } from './digest.js';
import {
  expectedDigests,
  expectedDocuments,
  type Checkpoints,
  type ExpectedDigests,
  type Expecting,
} from './expected.js';
import { Lines } from './fast/lines.js';
import { pairedScans } from './paired-scans.js';
import { shapesOf, typesOf } from '../fold/projections.js';
import { Utf8Writer } from './fast/utf8-writer.js';

export interface VerifyOptions<Inputs> extends Expecting<Inputs> {
  readonly events: EventStore;
  readonly reads: ReadStore;
  /** Folds shards from history up to their checkpoints; default: in this thread. */
  expect?(checkpoints: Checkpoints): Promise<ExpectedDigests>;
  /** Pauses the live build's follower during the work. Leave it out only if nothing follows. */
  whilePaused?<T>(work: () => Promise<T>): Promise<T>;
  onProgress?(progress: { readonly share: number; readonly events: number }): void;
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

/**
 * Folds history again and compares with the live build, each shard at its checkpoint. Nothing is stored: a shard's documents
 * are made twice only where their digests differ.
 */
export async function verifyReadModels<Inputs>(options: VerifyOptions<Inputs>): Promise<Verification> {
  const { reads, projections, onProgress } = options;
  const live = await reads.live();
  if (!live) throw new Error('There are no live read models to verify. Build them first.');
  const whilePaused = options.whilePaused ?? (<T>(work: () => Promise<T>) => work());
  const expect =
    options.expect ??
    ((checkpoints: Checkpoints) =>
      expectedDigests(checkpoints, options, (share, events) => onProgress?.({ share, events })));
  const before = await reads.checkpoints(live.id);
  const found = await expect(before);
  return whilePaused(async () => {
    const checkpoints = await reads.checkpoints(live.id);
    const moved = await movedSince(before, checkpoints, options);
    const again = moved.size === 0 ? undefined : await expect(moved);
    const expected = new Map(
      digested(shapesOf(projections)).map(({ name }) => {
        const shards = new Map(found.get(name));
        for (const shard of moved.keys()) shards.delete(shard);
        for (const [shard, digest] of again?.get(name) ?? []) shards.set(shard, digest);
        return [name, shards] as const;
      }),
    );
    return compare({ ...options, checkpoints, expected }, live.id);
  });
}

/** The shards that have events between two states of a build's checkpoints, at the later one. */
async function movedSince<Inputs>(
  before: Checkpoints,
  now: Checkpoints,
  { events, projections, signal }: VerifyOptions<Inputs>,
): Promise<Checkpoints> {
  const moved = [...now].filter(([shard, position]) => before.get(shard) !== position);
  const from = moved.reduce<string | undefined>((least, [shard]) => {
    const at = before.get(shard) ?? '';
    return least === undefined || at < least ? at : least;
  }, undefined);
  const last = moved.reduce((most, [, at]) => (at > most ? at : most), '');
  const found = new Map<number, string>();
  if (from === undefined || from >= last) return found;
  const filter = { types: typesOf(projections), shards: moved.map(([shard]) => shard) };
  for await (const batch of events.readAll({ ...(from === '' ? {} : { from }), batchSize: 5_000, filter })) {
    signal?.throwIfAborted();
    for (const { shard, position } of batch.events) {
      const at = now.get(shard) ?? '';
      if (position > (before.get(shard) ?? '') && position <= at) found.set(shard, at);
    }
    if (batch.position >= last) break;
  }
  return found;
}

interface Comparing<Inputs> extends VerifyOptions<Inputs> {
  readonly checkpoints: Checkpoints;
  readonly expected: ExpectedDigests;
}

async function compare<Inputs>(asked: Comparing<Inputs>, live: number): Promise<Verification> {
  const { reads, projections, checkpoints, expected, most = 100 } = asked;
  const readModels: Record<string, { live: string; rebuilt: string }> = {};
  const differences: Difference[] = [];
  let more = false;
  for (const { name } of digested(shapesOf(projections))) {
    const [one, other] = [await digestReadModel(reads, name, live), expected.get(name) ?? new Map<number, string>()];
    readModels[name] = { live: one.digest, rebuilt: digestOfShards(other) };
    for (const shard of new Set([...one.shards.keys(), ...other.keys()])) {
      if (one.shards.get(shard) === other.get(shard)) continue;
      if (differences.length >= most) {
        more = true;
        break;
      }
      const documents = await expectedDocuments(name, [shard, checkpoints.get(shard) ?? ''], asked);
      const there = reads.scan(name, { generation: live, shard });
      for await (const difference of differing(name, there, ofShard(shard, documents))) {
        if (differences.length < most) differences.push(difference);
        else more = true;
      }
    }
  }
  const digest = digestOf(Object.fromEntries(Object.entries(readModels).map(([name, of]) => [name, of.live])));
  const again = digestOf(Object.fromEntries(Object.entries(readModels).map(([name, of]) => [name, of.rebuilt])));
  return { equal: digest === again, digest, rebuilt: again, readModels, differences, more };
}

async function* ofShard(shard: number, documents: readonly Shown[]): AsyncGenerator<readonly StoredDocument[]> {
  yield documents.map(([id, document]) => ({ id, document, shard, position: '' }));
}

type Scan = AsyncIterable<readonly StoredDocument[]>;

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
