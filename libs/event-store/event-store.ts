import type { Recorded, ToAppend } from '../event-sourcing/event.js';

export interface ReadOptions {
  /** Read after this position (forwards) or before it (backwards). Default: all. */
  readonly from?: string;
  readonly direction?: 'forwards' | 'backwards';
  /** The most events in one batch; default 1,000. */
  readonly batchSize?: number;
  readonly filter?: EventFilter;
}

export type FollowOptions = Omit<ReadOptions, 'direction'> & { readonly signal: AbortSignal };

export interface StreamOptions {
  /** Events with a revision above it (forwards), or below it (backwards). */
  readonly after?: number;
  readonly direction?: 'forwards' | 'backwards';
  readonly limit?: number;
}

/** Events must match every given field. */
export interface EventFilter {
  /** A stream's category is its name up to the first hyphen. */
  readonly categories?: readonly string[];
  readonly types?: readonly string[];
  /** Several workers share a history by shards. */
  readonly shards?: readonly number[];
}

export interface Batch {
  readonly events: readonly Recorded[];
  /** Resume here: it includes events that the filter skipped. */
  readonly position: string;
}

/** Part of history, for reading shard by shard. */
export interface HistoryByShard {
  /** The shards that have events, in order. */
  readonly shards: readonly number[];
  /** A shard's events, in order. Call it once per shard: the store may then drop them. */
  take(shard: number): readonly Recorded[];
  close(): void;
}

export interface ByShardOptions {
  readonly filter: EventFilter;
  /** The position of the last event; '' in an empty history. */
  readonly upTo: string;
  readonly signal?: AbortSignal;
  /** 0 to 1: the progress of the preparation. */
  onShare?(share: number): void;
}

export interface StreamSlice {
  /** Oldest first, unless read backwards. */
  readonly events: readonly Recorded[];
  /** The stream's present revision: 0 for a stream that nobody wrote to. */
  readonly revision: number;
}

/** A stream that a decision saw beside its own, at the revision at which it saw it. */
export interface Held {
  readonly stream: string;
  readonly revision: number;
}

/** History. It loses, doubles and reorders no event, whoever writes; an append is atomic, and durable when answered. */
export interface EventStore {
  /**
   * Atomic and idempotent: the same event ids at the same expected revision again get the first answer.
   * Resolves to the stream's new revision and the position of the last event.
   * With `held` it stands only while those streams are as they were seen, in a store that `holds`.
   * @throws RevisionConflict if the stream is not at `expected`, or one that is held has moved: it names which.
   * @throws AppendRefused if the store can't hold streams
   */
  append(stream: string, events: readonly ToAppend[], expected: number, held?: readonly Held[]): Promise<Appended>;

  /** An append can depend on other streams. Where it can't, whoever decided on them looks at them again afterwards. */
  readonly holds?: true;

  readStream(stream: string, options?: StreamOptions): Promise<StreamSlice>;

  /** Everything in order, batch by batch, to the present end. */
  readAll(options?: ReadOptions): AsyncIterable<Batch>;

  /** For stores that can read by shard faster than by reading everything. */
  byShard?(options: ByShardOptions): Promise<HistoryByShard>;

  /**
   * Everything after `from`, then new events, until the signal. It reads on only when the consumer takes the next batch
   * (back-pressure). A batch may be empty: its position still advances.
   */
  follow(options: FollowOptions): AsyncIterable<Batch>;

  /** Position of the last event; undefined in an empty history. */
  end(): Promise<string | undefined>;

  /** How far `at` is on the way from `from` to `to`, 0 to 1. */
  progress(from: string | undefined, at: string, to: string): number;

  close(): Promise<void>;
}

/** An event store as an adapter opens it. */
export interface History extends EventStore {
  /** The same history without upcasting: seals cover events as they are stored. */
  asStored(): EventStore;
}

export interface Appended {
  readonly revision: number;
  readonly position: string;
}

/** Somebody else wrote to the stream first. */
export class RevisionConflict extends Error {
  constructor(
    readonly stream: string,
    readonly expected: number,
    readonly actual: number,
  ) {
    super(`${stream} is at revision ${actual}, not ${expected}. Read it again, then decide again.`);
    this.name = 'RevisionConflict';
  }
}

/** History differs from what the store acknowledged. The store serves nothing from it. */
export class HistoryDamaged extends Error {
  override readonly name = 'HistoryDamaged';
}

/** The append itself is at fault (empty, too large, not storable): a retry fails again. */
export class AppendRefused extends Error {
  override readonly name = 'AppendRefused';
}

/** The store can't work now (disk full or read-only, written by another process, closed): the message says what to do. */
export class HistoryUnavailable extends Error {
  override readonly name = 'HistoryUnavailable';
}

/** EventStoreDB's limit for one append. */
export const MAX_APPEND_BYTES = 1024 * 1024;
