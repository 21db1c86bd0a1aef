import { setTimeout as after } from 'node:timers/promises';
import type { EventStore } from '../../event-store/event-store.js';
import type { ReadStore } from '../../read-store/read-store.js';
import { Fold } from '../fold/fold.js';
import type { ParkedEvents, ParkedList, ParkedRecord } from '../fold/parked.js';
import type { AnyProjection } from '../../event-sourcing/projection.js';
import { typesOf } from '../fold/projections.js';
import { Steps } from '../fold/steps.js';
import { restAfter, type Rest } from './rest.js';

export interface FeedOptions<Inputs> {
  readonly events: EventStore;
  readonly reads: ReadStore;
  readonly projections: readonly AnyProjection<Inputs>[];
  readonly generation: number;
  /** The generation's inputs. They never change: other inputs make another generation. */
  inputs(this: void, generation: number): Promise<Inputs>;
  readonly parked: ParkedList;
  readonly cached?: number;
  readonly stepMs?: number;
  readonly batchSize?: number;
  /** Gathers events before it folds on, unless somebody waits for them. Default: not at all. */
  readonly rest?: Rest;
  /** Folds only these shards; absent: all. */
  readonly shards?: readonly number[];
}

/** Keeps one generation at the end of history. */
export class GenerationFeed<Inputs> {
  readonly #options: FeedOptions<Inputs>;
  readonly #stop = new AbortController();
  readonly #waiting = new Set<() => void>();
  #hurry: (() => void) | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #fold: Fold<Inputs> | undefined;
  #position: string | undefined;

  constructor(options: FeedOptions<Inputs>) {
    this.#options = options;
  }

  /** Folded and stored up to here. */
  get position(): string | undefined {
    return this.#position;
  }

  /** Follows until stopped. @throws what made it fail; another run resumes there. */
  async run(): Promise<void> {
    const { events, projections, shards, stepMs = 20, batchSize = 1_000 } = this.#options;
    const { signal } = this.#stop;
    const fold = (this.#fold = await this.#open());
    this.#advance(fold.position);
    const steps = new Steps(stepMs, (batch) =>
      this.exclusive(async (fold) => {
        await fold.apply(batch);
        this.#advance(batch.position);
      }),
    );
    const filter = { types: typesOf(projections), shards };
    try {
      for await (const batch of events.follow({ from: fold.position, filter, batchSize, signal })) {
        const began = performance.now();
        await steps.run(batch, signal);
        if (batch.events.length < batchSize) await this.#rest(performance.now() - began);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Runs the work while no batch is folded. */
  exclusive<T>(work: (fold: Fold<Inputs>) => Promise<T>): Promise<T> {
    const turn = this.#turn.then(() => {
      if (!this.#fold) throw new Error(`Generation ${this.#options.generation} is not followed yet.`);
      return work(this.#fold);
    });
    this.#turn = turn.catch(() => undefined); // The caller gets the error; the next turn must run.
    return turn;
  }

  get stopping(): boolean {
    return this.#stop.signal.aborted;
  }

  /** True once it is folded up to the position; false at the deadline, the signal or a stop. */
  async reached(position: string, deadlineMs: number, signal?: AbortSignal): Promise<boolean> {
    if (this.#position !== undefined && this.#position >= position) return true;
    return new Promise((resolve) => {
      const done = (): void => {
        const there = this.#position !== undefined && this.#position >= position;
        if (!there && !expired.aborted) return;
        this.#waiting.delete(done);
        resolve(there);
      };
      const expired = AbortSignal.any([
        AbortSignal.timeout(deadlineMs),
        this.#stop.signal,
        ...(signal ? [signal] : []),
      ]);
      expired.addEventListener('abort', done, { once: true });
      this.#waiting.add(done);
      this.#hurry?.();
      if (expired.aborted) done(); // A signal that was aborted before fires no event.
    });
  }

  /** @param skipped the position of an event that an operator skips */
  async retry({ projection, key }: ParkedRecord, skipped?: string): Promise<boolean> {
    const { parked, generation } = this.#options;
    return this.exclusive(async (fold) => {
      // Read it again: more events may have been parked while this waited for its turn.
      const record = await parked.get(generation, projection, key);
      if (!record) return true;
      const events = record.events.filter(({ position }) => position !== skipped);
      try {
        const left: ParkedEvents | undefined = await fold.retry({ projection, key, events });
        if (left) await parked.replace(record, left);
        else await parked.remove(record);
        return left === undefined;
      } catch (error) {
        // The key's fact in memory may match neither the store nor the parked events.
        this.#fold = undefined;
        this.#fold = await this.#open();
        throw error;
      }
    });
  }

  /** Ends `run` after the current step. */
  stop(): void {
    this.#stop.abort();
  }

  /** One flush of many events writes a document once that each of them changed. */
  async #rest(tookMs: number): Promise<void> {
    const { rest } = this.#options;
    if (rest === undefined || this.#waiting.size > 0) return;
    const hurry = new AbortController();
    this.#hurry = () => hurry.abort();
    const signal = AbortSignal.any([hurry.signal, this.#stop.signal]);
    await after(restAfter(tookMs, rest), undefined, { signal }).catch(() => undefined);
    this.#hurry = undefined;
  }

  async #open(): Promise<Fold<Inputs>> {
    const { inputs, generation } = this.#options;
    return Fold.open<Inputs>({ ...this.#options, inputs: await inputs(generation) });
  }

  #advance(position: string | undefined): void {
    this.#position = position;
    for (const done of [...this.#waiting]) done();
  }
}
