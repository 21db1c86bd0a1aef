import { END, START, type AllStreamResolvedEvent, type EventStoreDBClient, type Position } from '@eventstore/db-client';
import type { Recorded } from '../../event-sourcing/event.js';
import type { Batch, EventFilter, ReadOptions } from '../event-store.js';
import type { Patience } from './patience.js';
import { positionOf, positionText } from './positions.js';
import { Pulled, waiting } from './pulled.js';
import { recordedEvent } from './stored-events.js';
import { Wanted, type Owned } from './wanted.js';

export interface FollowOptions {
  readonly from?: string | undefined;
  readonly filter?: EventFilter | undefined;
  readonly batchSize?: number | undefined;
  readonly signal: AbortSignal;
}

const DEFAULT_BATCH = 1_000;
/** How many events a filter may pass over before the reader says how far it is. */
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
    const wanted = new Wanted(this.prefix, undefined);
    // Events that aren't ours may stand at the end, mostly few.
    for (let maxCount = 1; ; maxCount *= 32) {
      const options = { direction: 'backwards', fromPosition: END, maxCount } as const;
      const events = await new Pulled<AllStreamResolvedEvent>(this.client.readAll(options)).rest(this.silenceMs);
      for (const { event } of events) {
        const owned = event && wanted.owned(event);
        if (owned) return owned.position;
      }
      if (events.length < maxCount) return undefined;
    }
  }

  /** To the present end, going on where it was when the connection fails. */
  async *batches(
    { from, direction = 'forwards', batchSize = DEFAULT_BATCH, filter }: ReadOptions,
    patience: Patience,
    signal?: AbortSignal,
  ): AsyncGenerator<Batch> {
    const wanted = new Wanted(this.prefix, filter);
    const forwards = direction === 'forwards';
    let [at, events, passedOver]: [string | undefined, Recorded[], number] = [from, [], 0];
    const isLeft = (): boolean => signal?.aborted === true;
    while (!isLeft()) {
      const fromPosition = at === undefined ? (forwards ? START : END) : positionOf(at);
      const source = this.client.readAll({ direction, fromPosition }, waiting(batchSize));
      const pulled = new Pulled<AllStreamResolvedEvent>(source);
      const stir = (): void => pulled.stir();
      signal?.addEventListener('abort', stir);
      try {
        for (;;) {
          const taken = pulled.take(batchSize - events.length);
          for (const { event } of taken) {
            const owned = event && wanted.owned(event);
            // Forwards the server begins with the event at the position, of which the reader knows already.
            if (!owned || (at !== undefined && (forwards ? owned.position <= at : owned.position >= at))) continue;
            at = owned.position;
            if (wanted.passes(owned)) events.push(recorded(owned));
            else passedOver++;
          }
          if (at !== undefined && (events.length >= batchSize || passedOver >= FILTER_WINDOW)) {
            const batch = { events, position: at };
            [events, passedOver] = [[], 0];
            yield batch;
          }
          if (taken.length > 0) patience.renew();
          else if (pulled.ended()) break;
          else await pulled.stirs(this.silenceMs);
          if (isLeft()) return;
        }
        if (at !== undefined && events.length + passedOver > 0) yield { events, position: at };
        return;
      } catch (error) {
        await patience.after(error, signal);
      } finally {
        signal?.removeEventListener('abort', stir);
        pulled.leave();
      }
    }
  }

  /** For ever: first what is there, then what comes. */
  async *following(options: FollowOptions, patience: Patience): AsyncGenerator<Batch> {
    const { filter, batchSize = DEFAULT_BATCH, signal } = options;
    const wanted = new Wanted(this.prefix, filter);
    let at = options.from;
    while (!signal.aborted) {
      for await (const batch of this.batches({ from: at, filter, batchSize }, patience, signal)) {
        yield batch;
        at = batch.position;
        if (signal.aborted) return;
      }
      const live = new Live(this.client, wanted, at, batchSize);
      const leave = (): void => live.stir();
      signal.addEventListener('abort', leave);
      try {
        while (!signal.aborted) {
          const batch = live.take();
          if (batch !== undefined) {
            patience.renew();
            yield batch;
            at = batch.position;
          } else if (live.hasGoneOn) break;
          else await live.stirs();
        }
      } catch (error) {
        await patience.after(error, signal);
      } finally {
        signal.removeEventListener('abort', leave);
        live.leave();
      }
    }
  }
}

/** At once: what the client makes of an event is twice as large, and a batch of it would live long. */
const recorded = ({ event, stream, position }: Owned): Recorded => recordedEvent(event, stream, position);

/** A subscription from a position on: what came since it was last asked, and how far the server has read. */
class Live {
  private readonly pulled: Pulled<AllStreamResolvedEvent>;
  private reached: string | undefined;
  /** The server passed over something and didn't say where exactly: it is to be read. */
  hasGoneOn = false;

  constructor(
    client: EventStoreDBClient,
    private readonly wanted: Wanted,
    private at: string | undefined,
    private readonly batchSize: number,
  ) {
    const filter = wanted.onServer((_subscription, position) => this.checkpoint(position));
    const fromPosition = at === undefined ? START : positionOf(at);
    this.pulled = new Pulled(client.subscribeToAll({ fromPosition, filter }, waiting(batchSize)));
  }

  take(): Batch | undefined {
    const before = this.at;
    const taken = this.pulled.take(this.batchSize);
    const events: Recorded[] = [];
    for (const { event } of taken) {
      const owned = event && this.wanted.owned(event);
      if (!owned || (this.at !== undefined && owned.position <= this.at)) continue;
      this.at = owned.position;
      if (this.wanted.passes(owned)) events.push(recorded(owned));
    }
    // Only once all is taken that was sent before the checkpoint does it hold for the reader too.
    if (taken.length < this.batchSize && this.reached !== undefined) {
      if (this.at === undefined || this.reached > this.at) this.at = this.reached;
      this.reached = undefined;
    }
    if (this.at === undefined || this.at === before) return undefined;
    return { events, position: this.at };
  }

  /** @throws Error when the server ended it */
  async stirs(): Promise<void> {
    if (this.pulled.ended()) throw new Error('it ended the subscription');
    await this.pulled.stirs(Infinity);
  }

  stir(): void {
    this.pulled.stir();
  }

  leave(): void {
    this.pulled.leave();
  }

  private checkpoint(position: Position): void {
    if (position.commit === position.prepare) this.reached = positionText(position);
    else this.hasGoneOn = true;
    this.pulled.stir();
  }
}
