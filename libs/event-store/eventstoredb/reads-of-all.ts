import { END, START, type AllStreamResolvedEvent, type EventStoreDBClient, type Position } from '@eventstore/db-client';
import type { Recorded } from '../../event-sourcing/event.js';
import type { Batch, FollowOptions, ReadOptions } from '../event-store.js';
import type { Retries } from './retries.js';
import { positionOf, positionText } from './positions.js';
import { ClientStream, buffering } from './client-stream.js';
import { recordedEvent } from './stored-events.js';
import { Selection, type OwnEvent } from './selection.js';

const DEFAULT_BATCH = 1_000;
/** The most events that a filter skips between two batches. */
const FILTER_WINDOW = 20_000;

/** Reads and follows $all, which holds more than this history: system events, and the histories of other prefixes. */
export class ReadsOfAll {
  constructor(
    private readonly client: EventStoreDBClient,
    private readonly prefix: string,
    private readonly silenceMs: number,
  ) {}

  /** The position of the last event; undefined in an empty history. */
  async last(): Promise<string | undefined> {
    const selection = new Selection(this.prefix, undefined);
    // Others' events may stand at the end, mostly few.
    for (let maxCount = 1; ; maxCount *= 32) {
      const options = { direction: 'backwards', fromPosition: END, maxCount } as const;
      const events = await new ClientStream<AllStreamResolvedEvent>(this.client.readAll(options)).rest(this.silenceMs);
      for (const { event } of events) {
        const owned = event && selection.owned(event);
        if (owned) return owned.position;
      }
      if (events.length < maxCount) return undefined;
    }
  }

  /** To the present end; resumes after a lost connection. */
  async *batches(
    { from, direction = 'forwards', batchSize = DEFAULT_BATCH, filter }: ReadOptions,
    retries: Retries,
    signal?: AbortSignal,
  ): AsyncGenerator<Batch> {
    const selection = new Selection(this.prefix, filter);
    const forwards = direction === 'forwards';
    let [at, events, passedOver]: [string | undefined, Recorded[], number] = [from, [], 0];
    const isAborted = (): boolean => signal?.aborted === true;
    while (!isAborted()) {
      const fromPosition = at === undefined ? (forwards ? START : END) : positionOf(at);
      const source = this.client.readAll({ direction, fromPosition }, buffering(batchSize));
      const stream = new ClientStream<AllStreamResolvedEvent>(source);
      const wake = (): void => stream.wake();
      signal?.addEventListener('abort', wake);
      try {
        for (;;) {
          const taken = stream.take(batchSize - events.length);
          for (const { event } of taken) {
            const owned = event && selection.owned(event);
            // Forwards, the server starts with the event at the position, which the reader already has.
            if (!owned || (at !== undefined && (forwards ? owned.position <= at : owned.position >= at))) continue;
            at = owned.position;
            if (selection.passes(owned)) events.push(recorded(owned));
            else passedOver++;
          }
          if (at !== undefined && (events.length >= batchSize || passedOver >= FILTER_WINDOW)) {
            const batch = { events, position: at };
            [events, passedOver] = [[], 0];
            yield batch;
          }
          if (taken.length > 0) retries.renew();
          else if (stream.ended()) break;
          else await stream.waitForMore(this.silenceMs);
          if (isAborted()) return;
        }
        if (at !== undefined && events.length + passedOver > 0) yield { events, position: at };
        return;
      } catch (error) {
        await retries.after(error, signal);
      } finally {
        signal?.removeEventListener('abort', wake);
        stream.cancel();
      }
    }
  }

  async *following(options: FollowOptions, retries: Retries): AsyncGenerator<Batch> {
    const { filter, batchSize = DEFAULT_BATCH, signal } = options;
    const selection = new Selection(this.prefix, filter);
    let at = options.from;
    while (!signal.aborted) {
      for await (const batch of this.batches({ from: at, filter, batchSize }, retries, signal)) {
        yield batch;
        at = batch.position;
        if (signal.aborted) return;
      }
      const live = new Live(this.client, selection, at, batchSize);
      const leave = (): void => live.wake();
      signal.addEventListener('abort', leave);
      try {
        while (!signal.aborted) {
          const batch = live.take();
          if (batch !== undefined) {
            retries.renew();
            yield batch;
            at = batch.position;
          } else if (live.hasSkipped) break;
          else await live.waitForMore();
        }
      } catch (error) {
        await retries.after(error, signal);
      } finally {
        signal.removeEventListener('abort', leave);
        live.cancel();
      }
    }
  }
}

/** Converts each event at once, because the client's form of it is twice as large. */
const recorded = ({ event, stream, position }: OwnEvent): Recorded => recordedEvent(event, stream, position);

/** A subscription from a position on. */
class Live {
  private readonly stream: ClientStream<AllStreamResolvedEvent>;
  private checkpointAt: string | undefined;
  /** The server skipped events and didn't report an exact position: the reader must read them. */
  hasSkipped = false;

  constructor(
    client: EventStoreDBClient,
    private readonly selection: Selection,
    private at: string | undefined,
    private readonly batchSize: number,
  ) {
    const filter = selection.onServer((_subscription, position) => this.checkpoint(position));
    const fromPosition = at === undefined ? START : positionOf(at);
    this.stream = new ClientStream(client.subscribeToAll({ fromPosition, filter }, buffering(batchSize)));
  }

  take(): Batch | undefined {
    const before = this.at;
    const taken = this.stream.take(this.batchSize);
    const events: Recorded[] = [];
    for (const { event } of taken) {
      const owned = event && this.selection.owned(event);
      if (!owned || (this.at !== undefined && owned.position <= this.at)) continue;
      this.at = owned.position;
      if (this.selection.passes(owned)) events.push(recorded(owned));
    }
    // The checkpoint applies only after the reader has taken everything that came before it.
    if (taken.length < this.batchSize && this.checkpointAt !== undefined) {
      if (this.at === undefined || this.checkpointAt > this.at) this.at = this.checkpointAt;
      this.checkpointAt = undefined;
    }
    if (this.at === undefined || this.at === before) return undefined;
    return { events, position: this.at };
  }

  /** @throws Error when the server ended it */
  async waitForMore(): Promise<void> {
    if (this.stream.ended()) throw new Error('it ended the subscription');
    await this.stream.waitForMore(Infinity);
  }

  wake(): void {
    this.stream.wake();
  }

  cancel(): void {
    this.stream.cancel();
  }

  private checkpoint(position: Position): void {
    if (position.commit === position.prepare) this.checkpointAt = positionText(position);
    else this.hasSkipped = true;
    this.stream.wake();
  }
}
