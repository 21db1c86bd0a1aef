import { isDeepStrictEqual } from 'node:util';
import { errorText } from '../../event-sourcing/error-text.js';
import type { EventStore } from '../../event-store/event-store.js';
import { canFold } from '../builds/kept-builds.js';
import { GenerationFeed, type FeedOptions } from './generation-feed.js';
import { FollowedElsewhere, Following, type FeedState, type Lag } from './following.js';
import { isFed } from '../builds/generations.js';
import type { ParkedRecord } from '../fold/parked.js';

export type FollowerOptions<Inputs> = Omit<FeedOptions<Inputs>, 'generation'> & {
  /** Called when following a generation fails. */
  onFailure(generation: number, error: unknown): void;
};

const LONG_MS = 1_000;

interface Followed<Inputs> {
  readonly feed: GenerationFeed<Inputs>;
  readonly done: Promise<void>;
  state: FeedState;
  error?: unknown;
}

/** Folds new events into the live build and into those kept for a rollback. */
export class ReadModelFollower<Inputs> extends Following {
  readonly #options: FollowerOptions<Inputs>;
  readonly #fed = new Map<number, Followed<Inputs>>();
  #live: number | undefined;
  #shards: readonly number[] | undefined;

  constructor(options: FollowerOptions<Inputs>) {
    super();
    this.#options = options;
  }

  /** Follows all generations that need it. After a build, a switch or a release it picks up the change, and it retries failures. */
  async refresh(): Promise<void> {
    const generations = (await this.#options.reads.generations()).filter(isFed);
    this.#live = generations.find(({ status }) => status === 'live')?.id;
    const here = this.#shards?.length === 0 ? [] : generations;
    const wanted = new Set(
      here.filter((generation) => canFold(generation, this.#options.projections)).map(({ id }) => id),
    );
    for (const [id, followed] of this.#fed)
      if (!wanted.has(id) || followed.state === 'failed') await this.#end(id, followed);
    for (const id of wanted) if (!this.#fed.has(id)) this.#begin(id);
  }

  /** Folds only these shards from now on; other processes fold the others. */
  async share(shards: readonly number[]): Promise<void> {
    if (!isDeepStrictEqual(shards, this.#shards)) await this.stop();
    this.#shards = shards;
    await this.refresh();
  }

  /** Ends after the current steps. */
  async stop(): Promise<void> {
    for (const [id, followed] of [...this.#fed]) await this.#end(id, followed);
  }

  async waitFor(_shard: number, position: string, deadlineMs: number, signal?: AbortSignal): Promise<boolean> {
    const live = this.#live === undefined ? undefined : this.#fed.get(this.#live);
    return live ? live.feed.reached(position, deadlineMs, signal) : false;
  }

  async caughtUp(generation: number, signal?: AbortSignal): Promise<void> {
    const end = await this.#options.events.end();
    const followed = this.#followed(generation);
    while (end !== undefined && !(await followed.feed.reached(end, LONG_MS, signal))) {
      signal?.throwIfAborted();
      if (followed.feed.stopping) await followed.done;
      if (followed.state === 'failed') throw followed.error;
      if (followed.state === 'stopped') throw new Error(`Generation ${generation} is no longer followed.`);
    }
  }

  async whilePaused<T>(generation: number, work: () => Promise<T>): Promise<T> {
    const followed = this.#fed.get(generation);
    return followed ? followed.feed.exclusive(work) : work();
  }

  async retry(generation: number, projection: string, key: string): Promise<boolean> {
    return this.#followed(generation).feed.retry(await this.#waiting(generation, projection, key));
  }

  async skip(generation: number, projection: string, key: string): Promise<boolean> {
    const record = await this.#waiting(generation, projection, key);
    await this.#options.parked.skipped(record);
    return this.#followed(generation).feed.retry(record, record.events[0]?.position);
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
          error: error === undefined ? undefined : errorText(error),
        };
      }),
    );
  }

  #begin(id: number): void {
    const feed = new GenerationFeed({ ...this.#options, generation: id, shards: this.#shards });
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

  #followed(generation: number): Followed<Inputs> {
    const followed = this.#fed.get(generation);
    if (!followed) throw new Error(`Generation ${generation} is not followed here.`);
    return followed;
  }

  async #waiting(generation: number, projection: string, key: string): Promise<ParkedRecord> {
    const record = await this.#options.parked.get(generation, projection, key);
    if (record && this.#shards?.includes(record.shard) === false) throw new FollowedElsewhere();
    if (!record) throw new Error(`${key} is not parked in ${projection} of generation ${generation}.`);
    return record;
  }
}

/** Age in seconds of the oldest event after a position; 0 if there is none. */
export async function secondsBehind(events: EventStore, position: string | undefined, now: Date): Promise<number> {
  for await (const batch of events.readAll({ from: position, batchSize: 1 })) {
    const oldest = batch.events[0];
    if (oldest) return Math.max(0, (now.getTime() - Date.parse(oldest.recordedAt)) / 1_000);
  }
  return 0;
}
