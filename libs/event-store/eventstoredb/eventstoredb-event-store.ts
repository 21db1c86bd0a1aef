import {
  EventStoreDBClient,
  NO_STREAM,
  WrongExpectedVersionError,
  type AppendResult,
  type EventData,
  type ExpectedRevision,
} from '@eventstore/db-client';
import appending from '@eventstore/db-client/dist/streams/appendToStream/append.js';
import type { EventDeclaration, Recorded, ToAppend } from '../../event-sourcing/event.js';
import { upcasting } from '../../event-sourcing/upcasting.js';
import { checkedData } from '../append-limits.js';
import {
  AppendRefused,
  HistoryUnavailable,
  RevisionConflict,
  type Appended,
  type Batch,
  type EventStore,
  type FollowOptions,
  type Held,
  type ReadOptions,
  type StreamOptions,
  type StreamSlice,
} from '../event-store.js';
import { ConcurrencyLimit } from './concurrency-limit.js';
import { Retries, unavailable, within } from './retries.js';
import { positionOf, positionText } from './positions.js';
import { ReadsOfAll } from './reads-of-all.js';
import { recordedEvent, storedEvent } from './stored-events.js';
import { StreamReads } from './stream-reads.js';

export interface EventStoreDbOptions {
  /** esdb://user:password@host:port?tls=... */
  readonly url: string;
  readonly declarations: Readonly<Record<string, EventDeclaration>>;
  /** Prefix of all stream names on the server, so that several histories can share one. Default: none. */
  readonly prefix?: string;
  /** Reads and appends fail with HistoryUnavailable after this time without an answer. Default: 3 s. */
  readonly deadlineMs?: number;
  /** Called when a follower loses the server, and when it finds it again. */
  notice?(this: void, sentence: string): void;
}

type Present = (event: Recorded) => Recorded;

const DEFAULT_DEADLINE_MS = 3_000;

/** More concurrent appends than this bring no throughput. */
const MOST_APPENDS_AT_ONCE = 32;
/** The call itself times out this much later than its caller. */
const GRACE_MS = 1_000;

const unchanged: Present = (event) => event;

/** History in an EventStoreDB (KurrentDB). */
export class EventStoreDbEventStore implements EventStore {
  private readonly client: EventStoreDBClient;
  private readonly upcast: Present;
  private readonly closing = new AbortController();
  private readonly server: string;
  private readonly prefix: string;
  private readonly deadlineMs: number;
  private readonly streams: StreamReads;
  private readonly all: ReadsOfAll;
  private readonly appends: ConcurrencyLimit;

  /** Connects on the first call. @throws HistoryUnavailable for a malformed URL */
  static open(options: EventStoreDbOptions): EventStoreDbEventStore {
    return new EventStoreDbEventStore(options);
  }

  private constructor(private readonly options: EventStoreDbOptions) {
    const { url, declarations, prefix = '', deadlineMs = DEFAULT_DEADLINE_MS } = options;
    this.server = url.replace(/\/\/[^@/]*@/, '//').replace(/\?.*$/, ''); // the password is nobody's business
    this.prefix = prefix;
    this.deadlineMs = deadlineMs;
    this.upcast = upcasting(declarations);
    try {
      this.client = EventStoreDBClient.connectionString(url);
    } catch {
      throw new HistoryUnavailable(
        `The URL of the EventStoreDB can't be understood (${this.server}). Write it as esdb://user:password@host:2113, with ?tls=false for a server without TLS.`,
      );
    }
    this.appends = new ConcurrencyLimit(MOST_APPENDS_AT_ONCE, deadlineMs);
    this.streams = new StreamReads(this.client, deadlineMs);
    this.all = new ReadsOfAll(this.client, prefix, deadlineMs);
  }

  asStored(): EventStore {
    return {
      append: (stream, events, expected, held) => this.append(stream, events, expected, held),
      readStream: (stream, options) => this.sliceOf(unchanged, stream, options),
      readAll: (options) => this.batchesOf(unchanged, options),
      follow: (options) => this.following(unchanged, options),
      end: () => this.end(),
      progress: (from, at, to) => this.progress(from, at, to),
      close: () => this.close(),
    };
  }

  /**
   * Retries when the connection fails: EventStoreDB deduplicates by event id.
   * @throws AppendRefused for `held`: an append of EventStoreDB checks the revision of its own stream alone
   */
  async append(
    stream: string,
    events: readonly ToAppend[],
    expected: number,
    held: readonly Held[] = [],
  ): Promise<Appended> {
    this.refuseIfClosed();
    if (held.length > 0)
      throw new AppendRefused(
        `EventStoreDB can't make an append to ${stream} depend on other streams. Append without them, then look at them again.`,
      );
    checkedData(stream, events);
    const stored = events.map(storedEvent);
    try {
      await this.appends.enter();
    } catch (error) {
      throw unavailable(error, this.server);
    }
    try {
      return await this.appendOnce(stream, stored, expected);
    } finally {
      this.appends.leave();
    }
  }

  readStream(stream: string, options?: StreamOptions): Promise<StreamSlice> {
    return this.sliceOf(this.upcast, stream, options);
  }

  readAll(options?: ReadOptions): AsyncIterable<Batch> {
    return this.batchesOf(this.upcast, options);
  }

  follow(options: FollowOptions): AsyncIterable<Batch> {
    return this.following(this.upcast, options);
  }

  async end(): Promise<string | undefined> {
    this.refuseIfClosed();
    return this.retries(this.deadlineMs).run(() => this.all.last());
  }

  progress(from: string | undefined, at: string, to: string): number {
    const offset = (position: string): number => Number(positionOf(position).commit);
    const [start, here, goal] = [from === undefined ? 0 : offset(from), offset(at), offset(to)];
    return goal <= start ? 1 : Math.min(1, Math.max(0, (here - start) / (goal - start)));
  }

  /** Ends the followers; pending appends settle by their deadline. */
  async close(): Promise<void> {
    this.closing.abort();
  }

  private async appendOnce(stream: string, events: EventData[], expected: number): Promise<Appended> {
    const retries = this.retries(this.deadlineMs);
    return retries.run(async () => {
      try {
        const { nextExpectedRevision, position } = await this.appendNow(stream, events, expected, retries.leftMs);
        if (position === undefined) throw new Error('it returns no position of the append');
        this.appends.answered();
        return { revision: Number(nextExpectedRevision) + 1, position: positionText(position) };
      } catch (error) {
        if (!(error instanceof WrongExpectedVersionError)) throw error;
        this.appends.answered();
        throw new RevisionConflict(stream, expected, revisionIn(error));
      }
    });
  }

  /** One call per append: the client's default, one call for all, leaves uncatchable rejections when it fails. */
  private appendNow(stream: string, events: EventData[], expected: number, waitMs: number): Promise<AppendResult> {
    const expectedRevision: ExpectedRevision = expected === 0 ? NO_STREAM : BigInt(expected - 1);
    const options = { expectedRevision, batchAppendSize: 0, deadline: waitMs + GRACE_MS } as const;
    return within(waitMs, appending.append.call(this.client, this.prefix + stream, events, options));
  }

  private async sliceOf(present: Present, stream: string, options: StreamOptions = {}): Promise<StreamSlice> {
    this.refuseIfClosed();
    const retries = this.retries(this.deadlineMs);
    const { events, revision } = await retries.run(() => this.streams.slice(this.prefix + stream, options));
    return { events: events.map((event) => present(recordedEvent(event, stream))), revision };
  }

  private async *batchesOf(present: Present, options: ReadOptions = {}): AsyncGenerator<Batch> {
    this.refuseIfClosed();
    for await (const batch of this.all.batches(options, this.retries(this.deadlineMs))) {
      yield presented(batch, present);
      this.refuseIfClosed();
    }
  }

  private async *following(present: Present, options: FollowOptions): AsyncGenerator<Batch> {
    const signal = AbortSignal.any([options.signal, this.closing.signal]);
    for await (const batch of this.all.following({ ...options, signal }, this.retries(Infinity))) {
      yield presented(batch, present);
      if (signal.aborted) return;
    }
  }

  private retries(deadlineMs: number): Retries {
    return new Retries(this.server, deadlineMs, this.options.notice);
  }

  private refuseIfClosed(): void {
    if (this.closing.signal.aborted)
      throw new HistoryUnavailable(`The history at ${this.server} was closed. Open it again.`);
  }
}

/** EventStoreDB counts from 0. */
const revisionIn = ({ actualVersion }: WrongExpectedVersionError): number =>
  typeof actualVersion === 'bigint' ? Number(actualVersion) + 1 : 0;

const presented = ({ events, position }: Batch, present: Present): Batch => ({
  events: events.map(present),
  position,
});
