import type { EventStore } from '../event-store/event-store.js';
import type { Generation } from '../read-store/read-store.js';
import { canFold } from './bring-up-to-date.js';
import { GenerationFeed, type FeedOptions } from './generation-feed.js';
import { isFed } from './generations.js';
import type { ParkedRecord } from './parked.js';

export type FollowerOptions<Inputs> = Omit<FeedOptions<Inputs>, 'generation'> & {
  /** Told at once when a generation can't be followed any further. */
  onFailure(generation: number, error: unknown): void;
};

export type FeedState = 'following' | 'behind' | 'failed' | 'stopped';

export interface Lag {
  readonly generation: number;
  readonly status: Generation['status'];
  readonly state: FeedState;
  /** Age of the oldest event not folded yet; 0 at the end of history. */
  readonly seconds: number;
  readonly position: string | undefined;
  /** Cases that wait for an operator, by read model. */
  readonly parked: Readonly<Record<string, number>>;
  readonly error?: string;
}

const LONG_MS = 1_000;

interface Followed<Inputs> {
  readonly feed: GenerationFeed<Inputs>;
  readonly done: Promise<void>;
  state: FeedState;
  error?: unknown;
}

/** Keeps the live build, and those kept to go back to, at the end of history. */
export class ReadModelFollower<Inputs> {
  readonly #options: FollowerOptions<Inputs>;
  readonly #fed = new Map<number, Followed<Inputs>>();
  #live: number | undefined;

  constructor(options: FollowerOptions<Inputs>) {
    this.#options = options;
  }

  /** Follows all generations that are fed; called again after a build, a switch or a release, it picks up the change. */
  async refresh(): Promise<void> {
    const generations = (await this.#options.reads.generations()).filter(isFed);
    this.#live = generations.find(({ status }) => status === 'live')?.id;
    const wanted = new Set(
      generations.filter((generation) => canFold(generation, this.#options.projections)).map(({ id }) => id),
    );
    for (const [id, followed] of this.#fed) if (!wanted.has(id)) await this.#end(id, followed);
    for (const id of wanted) if (!this.#fed.has(id)) this.#begin(id);
  }

  /** Ends after the steps at hand; nothing is lost. */
  async stop(): Promise<void> {
    for (const [id, followed] of [...this.#fed]) await this.#end(id, followed);
  }

  /**
   * Waits until the live build holds what was written at a position, for at most `deadlineMs`.
   * The shard is for stores whose shards are followed by several processes; here all are read in one go.
   */
  async waitFor(_shard: number, position: string, deadlineMs: number, signal?: AbortSignal): Promise<boolean> {
    const live = this.#live === undefined ? undefined : this.#fed.get(this.#live);
    return live ? live.feed.reached(position, deadlineMs, signal) : false;
  }

  /** Waits until a build that is followed holds all that history has now. */
  async caughtUp(generation: number, signal?: AbortSignal): Promise<void> {
    const end = await this.#options.events.end();
    const followed = this.#fed.get(generation);
    if (!followed) throw new Error(`Generation ${generation} is not followed here.`);
    while (end !== undefined && !(await followed.feed.reached(end, LONG_MS, signal))) {
      signal?.throwIfAborted();
      if (followed.state === 'failed') throw followed.error;
      if (followed.state === 'stopped') throw new Error(`Generation ${generation} is no longer followed.`);
    }
  }

  /** Runs while no batch is folded into the generation. */
  async whileHeld<T>(generation: number, work: () => Promise<T>): Promise<T> {
    const followed = this.#fed.get(generation);
    return followed ? followed.feed.exclusive(work) : work();
  }

  /** Tries again what a read model could not fold. True: it is in order now. */
  async retry(generation: number, projection: string, key: string): Promise<boolean> {
    return this.#feedOf(generation).retry(await this.#waiting(generation, projection, key));
  }

  /** Leaves out the event that could not be folded, for good, and goes on with those that waited behind it. */
  async skip(generation: number, projection: string, key: string): Promise<boolean> {
    const record = await this.#waiting(generation, projection, key);
    await this.#options.parked.skipped(record);
    return this.#feedOf(generation).retry({ ...record, events: record.events.slice(1) });
  }

  async lag(now: Date = new Date()): Promise<readonly Lag[]> {
    const { reads, parked } = this.#options;
    const generations = await reads.generations();
    return Promise.all(
      [...this.#fed].map(async ([generation, { feed, state, error }]) => {
        const waiting: Record<string, number> = {};
        for (const { projection } of await parked.list(generation))
          waiting[projection] = (waiting[projection] ?? 0) + 1;
        const seconds = await secondsBehind(this.#options.events, feed.position, now);
        return {
          generation,
          status: generations.find(({ id }) => id === generation)?.status ?? 'retired',
          state: state === 'following' && seconds > 0 ? ('behind' as const) : state,
          seconds,
          position: feed.position,
          parked: waiting,
          ...(error === undefined ? {} : { error: error instanceof Error ? error.message : String(error) }),
        };
      }),
    );
  }

  #begin(id: number): void {
    const feed = new GenerationFeed({ ...this.#options, generation: id });
    const followed: Followed<Inputs> = { feed, state: 'following', done: Promise.resolve() };
    const done = feed.run().then(
      () => void (followed.state = 'stopped'),
      (error: unknown) => {
        followed.state = 'failed';
        followed.error = error;
        this.#options.onFailure(id, error);
      },
    );
    this.#fed.set(id, Object.assign(followed, { done }));
  }

  async #end(id: number, { feed, done }: Followed<Inputs>): Promise<void> {
    feed.stop();
    await done;
    this.#fed.delete(id);
  }

  #feedOf(generation: number): GenerationFeed<Inputs> {
    const followed = this.#fed.get(generation);
    if (!followed) throw new Error(`Generation ${generation} is not followed here.`);
    return followed.feed;
  }

  async #waiting(generation: number, projection: string, key: string): Promise<ParkedRecord> {
    const record = await this.#options.parked.get(generation, projection, key);
    if (!record) throw new Error(`${key} is not parked in ${projection} of generation ${generation}.`);
    return record;
  }
}

/** Age in seconds of the oldest event after a position; 0 where there is none. */
export async function secondsBehind(events: EventStore, position: string | undefined, now: Date): Promise<number> {
  for await (const batch of events.readAll({ ...(position === undefined ? {} : { from: position }), batchSize: 1 })) {
    const oldest = batch.events[0];
    if (oldest) return Math.max(0, (now.getTime() - Date.parse(oldest.recordedAt)) / 1_000);
  }
  return 0;
}
