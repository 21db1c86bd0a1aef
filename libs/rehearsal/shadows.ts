import type { Recorded } from '../event-sourcing/event.js';
import type { Inputs } from '../read-models/inputs.js';
import type { ReadStore } from '../read-store/read-store.js';
import { Fold } from '../replay/fold.js';
import { shapesOf, typesOf, type AnyProjection } from '../replay/projections.js';
import { Steps } from '../replay/steps.js';
import type { Build, History } from './build.js';

export interface Shadow {
  readonly projections: readonly AnyProjection<Inputs>[];
  readonly inputs: Inputs;
  readonly reason: string;
}

export interface ShadowProgress {
  /** 0 to 1. */
  readonly share: number;
  readonly events: number;
}

export interface ShadowOptions {
  readonly events: History;
  /** A store of its own, where nobody looks. */
  readonly aside: ReadStore;
  /** Up to and with this position. */
  readonly upTo: string;
  readonly shadows: readonly Shadow[];
  readonly at: string;
  /** The longest that one step should keep others waiting; Infinity where nobody waits. */
  readonly stepMs?: number;
  readonly signal?: AbortSignal;
  onProgress?(progress: ShadowProgress): void;
  /** Also told every event that was read, for what is counted beside the read models. */
  beside?: {
    readonly types: readonly string[];
    each(event: Recorded): void;
  };
}

const BATCH = 20_000;

/**
 * Builds that nobody sees, side by side: history is read once for all of them. They get no indexes, because each is
 * read through once and then dropped.
 */
export async function buildShadows(options: ShadowOptions): Promise<readonly Build[]> {
  const { events, aside, upTo, shadows, at, signal, onProgress, beside, stepMs = Infinity } = options;
  const folds: { readonly fold: Fold<Inputs>; readonly build: Build }[] = [];
  for (const { projections, inputs, reason } of shadows) {
    const { id } = await aside.begin(shapesOf(projections), { ruleBooks: {}, reason, madeAt: at });
    const fold = await Fold.open<Inputs>({ events, reads: aside, generation: id, projections, inputs });
    folds.push({ fold, build: { reads: aside, generation: id } });
  }
  const steps = new Steps(stepMs, async (batch) => {
    for (const { fold } of folds) await fold.apply(batch);
  });
  const types = [...new Set([...shadows.flatMap(({ projections }) => typesOf(projections)), ...(beside?.types ?? [])])];
  const wanted = new Set(beside?.types);
  let read = 0;
  for await (const batch of events.readAll({ batchSize: BATCH, filter: { types } })) {
    const within = batch.position <= upTo ? batch.events : batch.events.filter(({ position }) => position <= upTo);
    const position = batch.position < upTo ? batch.position : upTo;
    if (beside) for (const event of within) if (wanted.has(event.type)) beside.each(event);
    await steps.run({ events: within, position }, signal);
    read += within.length;
    onProgress?.({ share: Math.min(1, events.progress(undefined, position, upTo)), events: read });
    if (batch.position >= upTo) break;
  }
  return folds.map(({ build }) => build);
}

/**
 * Whether it can see what history is read under. One whose functions take no inputs gives the same documents under
 * any rules, and need not be built again.
 */
export const readsRules = ({ evolve, documents }: AnyProjection<Inputs>): boolean =>
  Object.values(evolve).some((one) => one !== undefined && one.length > 2) || (documents?.length ?? 0) > 2;
