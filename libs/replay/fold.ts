import type { Recorded } from '../event-sourcing/event.js';
import { SHARDS } from '../event-sourcing/shard.js';
import type { Batch, EventStore } from '../event-store/event-store.js';
import type { Flush, ReadStore } from '../read-store/read-store.js';
import type { ParkedEvents, ParkedList } from './parked.js';
import { ProjectionFold } from './projection-fold.js';
import type { AnyProjection } from './projections.js';

export interface FoldOptions<Inputs> {
  readonly events: Pick<EventStore, 'readStream'>;
  readonly reads: ReadStore;
  readonly generation: number;
  readonly projections: readonly AnyProjection<Inputs>[];
  readonly inputs: Inputs;
  /** Where a case waits that a projection can't fold. Without it such a case stops the fold, loudly. */
  readonly parked?: ParkedList;
  /** Facts kept in memory for each projection; default 8,000. */
  readonly cached?: number;
  /** Leave out what became known after this instant. */
  readonly knownAt?: string;
}

const ALL_SHARDS: readonly number[] = Array.from({ length: SHARDS }, (_, shard) => shard);

/** All projections of one generation, folded in memory and stored batch by batch: rebuilding and following both. */
export class Fold<Inputs> {
  readonly #options: FoldOptions<Inputs>;
  readonly #folds: readonly ProjectionFold<Inputs>[];
  readonly #checkpoints: Map<number, string>;
  #inputs: Inputs;
  #position: string | undefined;

  private constructor(
    options: FoldOptions<Inputs>,
    folds: readonly ProjectionFold<Inputs>[],
    checkpoints: ReadonlyMap<number, string>,
  ) {
    this.#options = options;
    this.#inputs = options.inputs;
    this.#folds = folds;
    this.#checkpoints = new Map(checkpoints);
    this.#position = ALL_SHARDS.reduce<string | undefined>((least, shard) => {
      const at = checkpoints.get(shard);
      return shard === 0 ? at : least === undefined || at === undefined ? undefined : at < least ? at : least;
    }, undefined);
  }

  /** Goes on where the generation's checkpoints stand. */
  static async open<Inputs>(options: FoldOptions<Inputs>): Promise<Fold<Inputs>> {
    const { reads, events, generation, projections, cached = 8_000 } = options;
    const checkpoints = await reads.checkpoints(generation);
    const waiting = (await options.parked?.list(generation)) ?? [];
    const folds = projections.map(
      (projection) =>
        new ProjectionFold<Inputs>({
          projection,
          load: (collection, keys) => reads.load(generation, collection, keys),
          readStream: async (stream, upTo) =>
            (await events.readStream(stream)).events.filter(
              ({ revision, knownAt }) =>
                revision <= upTo && (options.knownAt === undefined || knownAt <= options.knownAt),
            ),
          cached,
          empty: checkpoints.size === 0,
          parked: new Map(
            waiting
              .filter((one) => one.projection === projection.name)
              .map(({ key, events }) => [key, events[0]?.position ?? '']),
          ),
        }),
    );
    return new Fold(options, folds, checkpoints);
  }

  /** How far all shards are folded and stored. */
  get position(): string | undefined {
    return this.#position;
  }

  /** What follows is folded under these. */
  set inputs(inputs: Inputs) {
    this.#inputs = inputs;
  }

  /** Folds and stores. If it throws, this fold is done with: open another, which goes on from what is stored. */
  async apply({ events, position }: Batch): Promise<void> {
    const { reads, generation } = this.#options;
    const { writes, parked } = await this.#fold(events.filter((event) => this.#isNew(event)));
    for (const one of parked) await this.#park(one);
    await reads.flush(generation, { shards: ALL_SHARDS, position, writes });
    for (const shard of ALL_SHARDS)
      if ((this.#checkpoints.get(shard) ?? '') < position) this.#checkpoints.set(shard, position);
    this.#position = position;
  }

  /** Folds what waited for an operator, in order, and gives what still can't be folded. */
  async retry({ projection, key, events }: Omit<ParkedEvents, 'error' | 'shard'>): Promise<ParkedEvents | undefined> {
    const { projections, reads, generation } = this.#options;
    const fold = this.#folds[projections.findIndex(({ name }) => name === projection)];
    if (!fold) throw new Error(`No projection ${projection}, only ${projections.map(({ name }) => name).join(', ')}.`);
    fold.forget(key);
    const { writes, parked } = await fold.fold(events, this.#inputs);
    const position = events.at(-1)?.position;
    if (position !== undefined && writes.length > 0) await reads.flush(generation, { shards: [], position, writes });
    return parked[0];
  }

  async #fold(events: readonly Recorded[]): Promise<{ writes: Flush['writes']; parked: readonly ParkedEvents[] }> {
    const folded = await Promise.all(this.#folds.map((fold) => fold.fold(events, this.#inputs)));
    return { writes: folded.flatMap(({ writes }) => writes), parked: folded.flatMap(({ parked }) => parked) };
  }

  async #park(one: ParkedEvents): Promise<void> {
    if (!this.#options.parked) throw one.error;
    await this.#options.parked.park(this.#options.generation, one);
  }

  #isNew({ shard, position, knownAt }: Recorded): boolean {
    if (this.#options.knownAt !== undefined && knownAt > this.#options.knownAt) return false;
    const at = this.#checkpoints.get(shard);
    return at === undefined || position > at;
  }
}
