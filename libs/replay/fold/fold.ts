import type { Recorded } from '../../event-sourcing/event.js';
import { ALL_SHARDS } from '../../event-sourcing/shard.js';
import type { Batch, EventStore } from '../../event-store/event-store.js';
import type { ReadStore } from '../../read-store/read-store.js';
import type { ParkedEvents, ParkedList } from './parked.js';
import { asKnown, EventsToFold } from './events-to-fold.js';
import { ProjectionFold } from './projection-fold.js';
import type { AnyProjection } from '../../event-sourcing/projection.js';

export interface FoldOptions<Inputs> {
  readonly events: Pick<EventStore, 'readStream'>;
  readonly reads: ReadStore;
  readonly generation: number;
  readonly projections: readonly AnyProjection<Inputs>[];
  readonly inputs: Inputs;
  /** Parks a case that a projection can't fold. Without it such a case stops the fold with its error. */
  readonly parked?: ParkedList;
  /** How many facts of each projection stay in memory; default 8,000. */
  readonly cached?: number;
  /** Leaves out events that became known after this instant. */
  readonly knownAt?: string;
  /** Folds only these shards and leaves the others' checkpoints alone; absent: all. */
  readonly shards?: readonly number[];
}

/** Sorts after every position. */
const AFTER_ALL = '~';
const NONE: ReadonlySet<string> = new Set();

/** Folds all projections of one generation in memory and stores them batch by batch, to rebuild or to follow. */
export class Fold<Inputs> {
  readonly #options: FoldOptions<Inputs>;
  readonly #folds: readonly ProjectionFold<Inputs>[];
  readonly #checkpoints: Map<number, string>;
  readonly #streams: Streams;
  #position: string | undefined;
  readonly #shards: readonly number[];
  readonly #own: ReadonlySet<number> | undefined;

  private constructor(
    options: FoldOptions<Inputs>,
    folds: readonly ProjectionFold<Inputs>[],
    checkpoints: ReadonlyMap<number, string>,
    streams: Streams,
  ) {
    this.#options = options;
    this.#streams = streams;
    this.#folds = folds;
    this.#checkpoints = new Map(checkpoints);
    this.#shards = options.shards ?? ALL_SHARDS;
    this.#own = options.shards && new Set(options.shards);
    const least = this.#shards.reduce((low, shard) => {
      const at = checkpoints.get(shard) ?? '';
      return at < low ? at : low;
    }, AFTER_ALL);
    this.#position = least === '' || least === AFTER_ALL ? undefined : least;
  }

  /** Resumes at the generation's checkpoints. */
  static async open<Inputs>(options: FoldOptions<Inputs>): Promise<Fold<Inputs>> {
    const { reads, events, generation, projections, parked, knownAt, cached = 8_000 } = options;
    const checkpoints = await reads.checkpoints(generation);
    const waiting = (await parked?.list(generation)) ?? [];
    const skipped = await parked?.skippedEvents(generation);
    const streams = new Streams(events, knownAt);
    const folds = projections.map(
      (projection) =>
        new ProjectionFold<Inputs>({
          projection,
          load: (collection, keys) => reads.load(generation, collection, keys),
          refuseTooLarge: (shape, id, document) => reads.refuseTooLarge(shape, id, document),
          readStream: (stream, upTo) => streams.upTo(stream, upTo),
          cached,
          empty: checkpoints.size === 0,
          partlyStored: !reads.flushesWhole,
          parked: new Map(
            waiting
              .filter((one) => one.projection === projection.name)
              .map(({ key, events }) => [key, events[0]?.position ?? '']),
          ),
          skipped: skipped?.get(projection.name) ?? NONE,
        }),
    );
    return new Fold(options, folds, checkpoints, streams);
  }

  /** All shards are folded and stored up to here. */
  get position(): string | undefined {
    return this.#position;
  }

  /** Folds and stores. After an error don't use this fold again: open another, which resumes from the store. */
  async apply({ events, position }: Batch): Promise<void> {
    const { reads, generation, inputs, knownAt, parked } = this.#options;
    this.#streams.forget();
    const batch = new EventsToFold(asKnown(events, knownAt).filter((event) => this.#isNew(event)));
    const folded = await Promise.all(this.#folds.map((fold) => fold.fold(batch, inputs)));
    for (const one of folded.flatMap((fold) => fold.parked)) {
      if (!parked) throw one.error;
      await parked.park(generation, one);
    }
    const writes = folded.flatMap((fold) => fold.writes);
    await reads.flush(generation, { shards: this.#shards, position, writes });
    for (const shard of this.#shards)
      if ((this.#checkpoints.get(shard) ?? '') < position) this.#checkpoints.set(shard, position);
    this.#position = position;
  }

  /** Folds parked events in order and returns those that it still can't fold. */
  async retry({ projection, key, events }: Omit<ParkedEvents, 'error' | 'shard'>): Promise<ParkedEvents | undefined> {
    const { projections, reads, generation, parked: waiting } = this.#options;
    const fold = this.#folds[projections.findIndex(({ name }) => name === projection)];
    if (!fold) throw new Error(`No projection ${projection}, only ${projections.map(({ name }) => name).join(', ')}.`);
    this.#streams.forget();
    fold.forget(key, (await waiting?.skippedEvents(generation))?.get(projection) ?? NONE);
    const { writes, parked } = await fold.fold(new EventsToFold(events), this.#options.inputs);
    const position = events.at(-1)?.position;
    if (position !== undefined && writes.length > 0) await reads.flush(generation, { shards: [], position, writes });
    return parked[0];
  }

  #isNew({ shard, position }: Recorded): boolean {
    if (this.#own?.has(shard) === false) return false;
    const at = this.#checkpoints.get(shard);
    return at === undefined || position > at;
  }
}

/** Reads each stream once while a batch is folded, for all projections that ask for it. */
class Streams {
  readonly #read = new Map<string, Promise<readonly Recorded[]>>();

  constructor(
    private readonly events: Pick<EventStore, 'readStream'>,
    private readonly knownAt: string | undefined,
  ) {}

  async upTo(stream: string, revision: number): Promise<readonly Recorded[]> {
    let read = this.#read.get(stream);
    if (!read) this.#read.set(stream, (read = this.#all(stream)));
    return (await read).filter((event) => event.revision <= revision);
  }

  forget(): void {
    this.#read.clear();
  }

  async #all(stream: string): Promise<readonly Recorded[]> {
    const { events } = await this.events.readStream(stream);
    return asKnown(events, this.knownAt);
  }
}
