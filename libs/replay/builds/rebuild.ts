import type { Generation, GenerationStamp, ReadStore } from '../../read-store/read-store.js';
import { Fold } from '../fold/fold.js';
import { foldShards, type ShardsToFold } from '../fold/fold-shards.js';
import { shapesOf, typesOf } from '../fold/projections.js';
import { Steps } from '../fold/steps.js';
import { isCurrent } from './kept-builds.js';

export interface Progress {
  /** 0 to 1. */
  readonly share: number;
  readonly events: number;
  readonly eventsPerSecond: number;
  readonly secondsLeft: number | undefined;
}

export interface BuildOptions<Inputs> extends ShardsToFold<Inputs> {
  readonly cached?: number;
  /** The longest that one step keeps others waiting; default 20 ms. Infinity where nobody waits. */
  readonly stepMs?: number;
  readonly batchSize?: number;
  onProgress?(progress: Progress): void;
}

export interface RebuildOptions<Inputs> extends BuildOptions<Inputs> {
  /** The rule books, for the stamp. */
  readonly ruleBooks: GenerationStamp['ruleBooks'];
  readonly reason: string;
  /** UTC, ISO 8601; default: now. */
  readonly madeAt?: string;
}

/**
 * Makes a generation of all history, ready to be switched to. It takes up a build of the same rule books, projections
 * and reason that was stopped half-way, or before the switch to it: left over, that would be kept for ever.
 */
export async function rebuild<Inputs>(options: RebuildOptions<Inputs>): Promise<Generation> {
  const { reads, projections, ruleBooks, reason } = options;
  const begun = (await reads.generations()).findLast(
    (build) =>
      (build.status === 'building' || build.status === 'ready') &&
      build.stamp.reason === reason &&
      isCurrent(build, projections, { entries: ruleBooks }),
  );
  const stamp = { ruleBooks, reason, madeAt: options.madeAt ?? new Date().toISOString() };
  const { id } = (await takenUp(reads, begun)) ?? (await reads.begin(shapesOf(projections), stamp));
  await catchUp(id, options);
  await reads.ready(id);
  // Events came while the store made the indexes.
  await catchUp(id, options);
  const made = (await reads.generations()).find((generation) => generation.id === id);
  if (!made) throw new Error(`Generation ${id} was released while it was built. Build again.`);
  return made;
}

/** Goes on with a build that was begun, but drops one that holds nothing whole. */
async function takenUp(reads: ReadStore, begun: Generation | undefined): Promise<Generation | undefined> {
  if (begun?.status !== 'building' || (await reads.checkpoints(begun.id)).size > 0) return begun;
  await reads.release(begun.id);
  return undefined;
}

/**
 * Brings a generation to the present end of history: first what it never read, shard by shard, then what came since, in
 * the order of history. Resolves to the number of events read.
 */
export async function catchUp<Inputs>(generation: number, options: BuildOptions<Inputs>): Promise<number> {
  const { events, projections, signal, onProgress, stepMs = 20, batchSize = 5_000 } = options;
  const began = performance.now();
  const report = (share: number, events: number): void => {
    const seconds = (performance.now() - began) / 1_000;
    onProgress?.({
      share,
      events,
      eventsPerSecond: Math.round(events / seconds),
      secondsLeft: share > 0 ? (seconds / share) * (1 - share) : undefined,
    });
  };
  const whole = await foldShards(generation, options, report);
  let read = whole;
  const fold = await Fold.open({ ...options, generation });
  const steps = new Steps(stepMs, (batch) => fold.apply(batch));
  const from = fold.position;
  const end = await events.end();
  if (end === undefined) return 0;
  const filter = { types: typesOf(projections) };
  for await (const batch of events.readAll({ from, batchSize, filter })) {
    await steps.run(batch, signal);
    read += batch.events.length;
    report(whole > 0 ? 1 : Math.min(1, events.progress(from, batch.position, end)), read);
  }
  return read;
}
