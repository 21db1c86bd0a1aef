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
  HistoryUnavailable,
  RevisionConflict,
  type Appended,
  type Batch,
  type EventStore,
  type ReadOptions,
  type StreamSlice,
} from '../event-store.js';
import { Lane } from './lane.js';
import { Patience, unavailable, within } from './patience.js';
import { positionOf, positionText } from './positions.js';
import { ReadsOfAll } from './reads-of-all.js';
import { recordedEvent, storedEvent } from './stored-events.js';
import { StreamReads, type StoredSlice } from './stream-reads.js';

export interface EventStoreDbOptions {
  /** esdb://user:password@host:port?tls=..., as EventStoreDB's own clients take it. */
  readonly url: string;
  readonly declarations: Readonly<Record<string, EventDeclaration>>;
  /** What the names of all streams begin with on the server: several histories may share one. Default: nothing. */
  readonly prefix?: string;
  /** After so long without an answer, a read or an append is refused as unavailable. Default: 3 s. */
  readonly deadlineMs?: number;
  /** Told when a follower has lost the server, and when it has found it again. */
  notice?(this: void, sentence: string): void;
}

type Present = (event: Recorded) => Recorded;
type StreamOptions = Parameters<EventStore['readStream']>[1];
type FollowOptions = Parameters<EventStore['follow']>[0];

const DEFAULT_DEADLINE_MS = 3_000;

/** The most appends on their way at a time; with more of them none is answered sooner. */
const MOST_APPENDS_AT_ONCE = 32;
/** The call itself is given up later than its caller stops waiting: both see the same clock. */
const LATE_MS = 1_000;

const asItWas: Present = (event) => event;

/** History in an EventStoreDB (KurrentDB). */
export class EventStoreDbEventStore implements EventStore {
  private readonly client: EventStoreDBClient;
  private readonly asOfNow: Present;
  private readonly closing = new AbortController();
  private readonly server: string;
  private readonly prefix: string;
  private readonly deadlineMs: number;
  private readonly streams: StreamReads;
  private readonly all: ReadsOfAll;
  private readonly lane: Lane;

  /** Connects when it is first asked for something. @throws HistoryUnavailable for a URL that can't be understood */
  static open(options: EventStoreDbOptions): EventStoreDbEventStore {
    return new EventStoreDbEventStore(options);
  }

  private constructor(private readonly options: EventStoreDbOptions) {
    const { url, declarations, prefix = '', deadlineMs = DEFAULT_DEADLINE_MS } = options;
    this.server = url.replace(/\/\/[^@/]*@/, '//').replace(/\?.*$/, ''); // the password is nobody's business
    this.prefix = prefix;
    this.deadlineMs = deadlineMs;
    this.asOfNow = upcasting(declarations);
    try {
      this.client = EventStoreDBClient.connectionString(url);
    } catch {
      throw new HistoryUnavailable(
        `The URL of the EventStoreDB can't be understood (${this.server}). Write it as esdb://user:password@host:2113, with ?tls=false for a server without TLS.`,
      );
    }
    this.lane = new Lane(MOST_APPENDS_AT_ONCE, deadlineMs);
    this.streams = new StreamReads(this.client, deadlineMs);
    this.all = new ReadsOfAll(this.client, prefix, deadlineMs);
  }

  /** The same history, its events in the shape in which they were stored: for seals, which cover what is stored. */
  asStored(): EventStore {
    return {
      append: (stream, events, expected) => this.append(stream, events, expected),
      readStream: (stream, options) => this.sliceOf(asItWas, stream, options),
      readAll: (options) => this.batchesOf(asItWas, options),
      follow: (options) => this.following(asItWas, options),
      end: () => this.end(),
      progress: (from, at, to) => this.progress(from, at, to),
      close: () => this.close(),
    };
  }

  /** Sent again by itself when the connection fails: EventStoreDB knows the ids, and appends once. */
  async append(stream: string, events: readonly ToAppend[], expected: number): Promise<Appended> {
    this.refuseIfClosed();
    checkedData(stream, events);
    const stored = events.map(storedEvent);
    try {
      await this.lane.enter();
    } catch (error) {
      throw unavailable(error, this.server);
    }
    try {
      return await this.appendOnce(stream, stored, expected);
    } finally {
      this.lane.leave();
    }
  }

  readStream(stream: string, options?: StreamOptions): Promise<StreamSlice> {
    return this.sliceOf(this.asOfNow, stream, options);
  }

  readAll(options?: ReadOptions): AsyncIterable<Batch> {
    return this.batchesOf(this.asOfNow, options);
  }

  follow(options: FollowOptions): AsyncIterable<Batch> {
    return this.following(this.asOfNow, options);
  }

  async end(): Promise<string | undefined> {
    this.refuseIfClosed();
    const patience = this.patience(this.deadlineMs);
    for (;;) {
      try {
        return await this.all.last();
      } catch (error) {
        await patience.after(error);
      }
    }
  }

  progress(from: string | undefined, at: string, to: string): number {
    const offset = (position: string): number => Number(positionOf(position).commit);
    const [start, here, goal] = [from === undefined ? 0 : offset(from), offset(at), offset(to)];
    return goal <= start ? 1 : Math.min(1, Math.max(0, (here - start) / (goal - start)));
  }

  /** Ends the followers; what is being appended is answered or fails by its deadline. */
  async close(): Promise<void> {
    this.closing.abort();
  }

  private async appendOnce(stream: string, events: EventData[], expected: number): Promise<Appended> {
    const patience = this.patience(this.deadlineMs);
    for (;;) {
      try {
        const { nextExpectedRevision, position } = await this.appendNow(stream, events, expected, patience.leftMs);
        if (position === undefined) throw new Error('it says no position of what it appended');
        this.lane.answered();
        return { revision: Number(nextExpectedRevision) + 1, position: positionText(position) };
      } catch (error) {
        if (error instanceof WrongExpectedVersionError) {
          this.lane.answered();
          throw new RevisionConflict(stream, expected, revisionIn(error));
        }
        await patience.after(error);
      }
    }
  }

  /**
   * One call an append. The client's default shares one call between all, and when that fails while many wait to be
   * written, it leaves rejections that nobody can catch.
   */
  private appendNow(stream: string, events: EventData[], expected: number, waitMs: number): Promise<AppendResult> {
    const expectedRevision: ExpectedRevision = expected === 0 ? NO_STREAM : BigInt(expected - 1);
    const options = { expectedRevision, batchAppendSize: 0, deadline: waitMs + LATE_MS } as const;
    return within(waitMs, appending.append.call(this.client, this.prefix + stream, events, options));
  }

  private async sliceOf(present: Present, stream: string, options: StreamOptions = {}): Promise<StreamSlice> {
    this.refuseIfClosed();
    const patience = this.patience(this.deadlineMs);
    let slice: StoredSlice;
    for (;;) {
      try {
        slice = await this.streams.slice(this.prefix + stream, options);
        break;
      } catch (error) {
        await patience.after(error);
      }
    }
    return { events: slice.events.map((event) => present(recordedEvent(event, stream))), revision: slice.revision };
  }

  private async *batchesOf(present: Present, options: ReadOptions = {}): AsyncGenerator<Batch> {
    this.refuseIfClosed();
    for await (const batch of this.all.batches(options, this.patience(this.deadlineMs))) {
      yield presented(batch, present);
      this.refuseIfClosed();
    }
  }

  private async *following(present: Present, options: FollowOptions): AsyncGenerator<Batch> {
    const signal = AbortSignal.any([options.signal, this.closing.signal]);
    for await (const batch of this.all.following({ ...options, signal }, this.patience(Infinity))) {
      yield presented(batch, present);
      if (signal.aborted) return;
    }
  }

  private patience(deadlineMs: number): Patience {
    return new Patience(this.server, deadlineMs, this.options.notice);
  }

  private refuseIfClosed(): void {
    if (this.closing.signal.aborted)
      throw new HistoryUnavailable(`The history at ${this.server} was closed. Open it again.`);
  }
}

/** Theirs are counted from 0. */
const revisionIn = ({ actualVersion }: WrongExpectedVersionError): number =>
  typeof actualVersion === 'bigint' ? Number(actualVersion) + 1 : 0;

const presented = ({ events, position }: Batch, present: Present): Batch => ({
  events: events.map(present),
  position,
});
