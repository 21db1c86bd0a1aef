import type { Recorded, ToAppend } from '../event-sourcing/event.js';

export interface ReadOptions {
  /** Read what comes after this position (forwards) or before it (backwards). Default: from the end concerned. */
  readonly from?: string;
  readonly direction?: 'forwards' | 'backwards';
  /** The most events in one batch; default 1,000. */
  readonly batchSize?: number;
  readonly filter?: EventFilter;
}

/** An event must pass all that is given. */
export interface EventFilter {
  /** Stream categories: what stands before the first hyphen of a stream's name. */
  readonly categories?: readonly string[];
  readonly types?: readonly string[];
  /** Of the 256 shards those that are worked on: several workers share a history by them. */
  readonly shards?: readonly number[];
}

export interface Batch {
  readonly events: readonly Recorded[];
  /** How far history was read for this batch, past what the filter left out: go on from here. */
  readonly position: string;
}

/** Part of history, to be read shard by shard. */
export interface HistoryByShard {
  /** Those that have events, in order. */
  readonly shards: readonly number[];
  /** The events of a shard, in order: once, as they may be forgotten with that. */
  take(shard: number): readonly Recorded[];
  close(): void;
}

export interface ByShardOptions {
  readonly filter: EventFilter;
  /** The position of the last event; empty where there is none. */
  readonly upTo: string;
  readonly signal?: AbortSignal;
  /** 0 to 1, of the way until shards can be taken. */
  onShare?(share: number): void;
}

export interface StreamSlice {
  /** Oldest first, unless read backwards. */
  readonly events: readonly Recorded[];
  /** The stream's present revision: 0 for a stream that nobody wrote to. */
  readonly revision: number;
}

/**
 * History. It promises what an embedded database and an EventStoreDB can both keep: no event lost, doubled or out of
 * order under any number of writers; an append is all or nothing and durable before its answer.
 */
export interface EventStore {
  /**
   * All or nothing. Resolves to the stream's new revision and the position of the last event.
   * The same event ids at the same expected revision again are one append: the first one's answer is given.
   * @throws RevisionConflict if the stream is not at `expected`.
   */
  append(stream: string, events: readonly ToAppend[], expected: number): Promise<Appended>;

  /** `after`: events with a revision above it (forwards), or below it (backwards). */
  readStream(
    stream: string,
    options?: { after?: number; direction?: 'forwards' | 'backwards'; limit?: number },
  ): Promise<StreamSlice>;

  /** Everything in order, batch by batch, to the present end. */
  readAll(options?: ReadOptions): AsyncIterable<Batch>;

  /** For work that goes shard by shard. Absent where a store has no quicker way to it than to read everything. */
  byShard?(options: ByShardOptions): Promise<HistoryByShard>;

  /**
   * Everything after `from`, for ever, until the signal: first what is there, then what comes. The next batch waits
   * for the last. A batch may be empty: it then says how far was read.
   */
  follow(options: {
    from?: string;
    filter?: EventFilter;
    batchSize?: number;
    signal: AbortSignal;
  }): AsyncIterable<Batch>;

  /** Position of the last event, or undefined in an empty history. */
  end(): Promise<string | undefined>;

  /** The share of the way from one position to another at which a third stands, 0 to 1: for progress bars. */
  progress(from: string | undefined, at: string, to: string): number;

  close(): Promise<void>;
}

/** An event store as an adapter opens it. */
export interface History extends EventStore {
  /** The same history, its events in the shape in which they were stored: for seals, which cover what is stored. */
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

/** History is not what it was when it was last acknowledged; nothing is served from it. */
export class HistoryDamaged extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'HistoryDamaged';
  }
}

/** The append itself is at fault (empty, too large, not to be stored): sent again it is refused again. */
export class AppendRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AppendRefused';
  }
}

/** The store can't work now (disk full or read-only, written by another process, closed): the message says what to do. */
export class HistoryUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'HistoryUnavailable';
  }
}

/** The most bytes that one append carries: what an EventStoreDB takes. */
export const MAX_APPEND_BYTES = 1024 * 1024;
