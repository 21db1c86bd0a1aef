import { LRUCache } from 'lru-cache';
import type { Recorded } from '../../event-sourcing/event.js';
import type { AnyProjection, Document, Shown } from '../../event-sourcing/projection.js';
import { HistoryUnavailable } from '../../event-store/event-store.js';
import { declaredTypes } from '../../read-store/declared-types.js';
import type { Flush, ReadStore, StoredDocument } from '../../read-store/read-store.js';
import type { EventsToFold } from './events-to-fold.js';
import type { ParkedEvents } from './parked.js';
import { factsOf } from './projections.js';
import { evolversOf, restated, type Evolver } from './restated.js';
import { sameDocument } from './same-document.js';

type Write = Flush['writes'][number];

/** What is known in memory of one key: its fact and the last event folded into it. */
interface Known {
  readonly key: string;
  fact: object | undefined;
  position: string;
}

/** A key that the batch at hand touches: what the batch says of it, and what was known of it before. */
interface Touched {
  readonly known: Known;
  readonly before: Known;
  readonly shard: number;
  readonly events: readonly Recorded[];
  /** Memory does not have what was folded before the batch: it is loaded, or folded again. */
  readonly unread: boolean;
  /** What is stored was shown by another fold, so it is not worked out what of it still holds: all is written. */
  refolded: boolean;
  /** The facts between the events of the batch, where what they show may be stored. */
  readonly passed: (object | undefined)[];
}

export interface ProjectionFoldOptions<Inputs> {
  readonly projection: AnyProjection<Inputs>;
  load(collection: string, keys: readonly string[]): Promise<ReadonlyMap<string, StoredDocument>>;
  /** The events of a stream up to a revision, oldest first: read where a fact is folded again. */
  readStream(stream: string, upTo: number): Promise<readonly Recorded[]>;
  /** What the store can't hold is not written, and waits. */
  readonly refuseTooLarge: ReadStore['refuseTooLarge'];
  /** Facts kept in memory; the others are loaded or folded again when needed. Infinity keeps all. */
  readonly cached: number;
  /** Nothing is stored yet: what memory does not know does not exist. */
  readonly empty: boolean;
  /** A fold before this may have stored what a part of a batch shows: whatever that may be is put right. */
  readonly partlyStored: boolean;
  /** Keys that wait for an operator, with the position of the event that failed. */
  readonly parked: ReadonlyMap<string, string>;
  /** Positions of events that an operator has left out. */
  readonly skipped: ReadonlySet<string>;
}

const NOTHING: readonly Shown[] = [];
const NO_EVENTS: readonly Recorded[] = [];
const NOTHING_STORED: ReadonlyMap<string, StoredDocument> = new Map();
const NONE: ReadonlySet<string> = new Set();

/** One projection, folded batch by batch in memory. */
export class ProjectionFold<Inputs> {
  readonly #options: ProjectionFoldOptions<Inputs>;
  /** Where facts are stored; absent where they are folded again instead. */
  readonly #facts: string | undefined;
  readonly #evolvers: ReadonlyMap<string, Evolver<Inputs>>;
  readonly #restating: ReadonlySet<string>;
  readonly #refuseOtherTypes: ReturnType<typeof declaredTypes>;
  readonly #known: LRUCache<string, Known> | Map<string, Known>;
  readonly #parked: Map<string, string>;
  #skipped: ReadonlySet<string>;
  #complete: boolean;

  constructor(options: ProjectionFoldOptions<Inputs>) {
    const { projection } = options;
    this.#options = options;
    this.#facts = factsOf(projection);
    this.#evolvers = evolversOf(projection);
    this.#restating = new Set(projection.restate?.on);
    this.#refuseOtherTypes = declaredTypes(projection);
    this.#complete = options.empty;
    this.#known =
      options.cached === Infinity
        ? new Map()
        : new LRUCache({ max: options.cached, dispose: (_, __, why) => (this.#complete &&= why !== 'evict') });
    this.#parked = new Map(options.parked);
    this.#skipped = options.skipped;
  }

  /** For events that are all there is: nothing was stored before, and streams are read from the events themselves. */
  static ofWhole<Inputs>(
    projection: AnyProjection<Inputs>,
    batch: EventsToFold,
    refuseTooLarge: ReadStore['refuseTooLarge'],
    skipped: ReadonlySet<string> = NONE,
  ): ProjectionFold<Inputs> {
    return new ProjectionFold<Inputs>({
      projection,
      load: () => Promise.resolve(NOTHING_STORED),
      refuseTooLarge,
      readStream: (stream, upTo) => Promise.resolve(batch.streamOf(stream).filter(({ revision }) => revision <= upTo)),
      cached: Infinity,
      empty: true,
      partlyStored: false,
      parked: new Map(),
      skipped,
    });
  }

  /**
   * The writes that bring the store from before the batch to after it, and what could not be folded.
   * @throws HistoryUnavailable, or what the store can't be read for; this fold is done with then.
   */
  async fold(batch: EventsToFold, inputs: Inputs): Promise<{ writes: Write[]; parked: ParkedEvents[] }> {
    const writes: Write[] = [];
    const parked: ParkedEvents[] = [];
    for (const one of await this.#touched(batch)) {
      const { known, events } = one;
      const waitsFrom = this.#parked.get(known.key);
      let because: unknown;
      let at = 0;
      for (let event; (event = events[at]) && (waitsFrom === undefined || event.position < waitsFrom); at++) {
        try {
          const lookingBack = this.#foldOne(one, event, inputs);
          if (lookingBack) await lookingBack;
        } catch (error) {
          // No fault of the event: it is folded once history can be read again.
          if (error instanceof HistoryUnavailable) throw error;
          because = error;
          break;
        }
      }
      let left = this.#park(one, at, because);
      try {
        this.#write(one, inputs, writes);
      } catch (error) {
        // What can't be shown is not stored: it waits, with all that the batch says of the key after it.
        left = this.#park(one, await this.#backToShown(one, at, inputs), error);
        this.#write(one, inputs, writes);
      }
      if (left) parked.push(left);
    }
    return { writes, parked };
  }

  /** Forgets a key, so that it is known anew, without the events that an operator has left out since. */
  forget(key: string, skipped: ReadonlySet<string>): void {
    this.#complete = false;
    this.#known.delete(key);
    this.#parked.delete(key);
    this.#skipped = skipped;
  }

  #reads({ type }: Recorded): boolean {
    return this.#evolvers.has(type) || this.#restating.has(type);
  }

  /** What the batch says to this projection, by key, with the facts it is about. */
  async #touched(batch: EventsToFold): Promise<readonly Touched[]> {
    const { ofOneStream } = this.#options.projection;
    const touched: Touched[] = [];
    for (const [key, first, events] of ofOneStream ? this.#keysOfStreams(batch) : this.#keysOfEvents(batch)) {
      const known = this.#known.get(key) ?? { key, fact: undefined, position: '' };
      // A stream begins at revision 1: there is nothing before it.
      const unread = known.position === '' && !this.#complete && !(ofOneStream && first.revision === 1);
      touched.push({ known, before: { ...known }, shard: first.shard, events, unread, refolded: false, passed: [] });
    }
    await this.#load(touched);
    for (const { known } of touched) if (!this.#known.has(known.key)) this.#known.set(known.key, known);
    return touched;
  }

  *#keysOfStreams({ streams }: EventsToFold): Iterable<readonly [string, Recorded, readonly Recorded[]]> {
    for (const events of streams) {
      const first = events.find((event) => this.#reads(event));
      const key = first && this.#options.projection.key(first as never);
      if (first && key !== undefined) yield [key, first, events];
    }
  }

  *#keysOfEvents({ events }: EventsToFold): Iterable<readonly [string, Recorded, readonly Recorded[]]> {
    const byKey = new Map<string, [Recorded, ...Recorded[]]>();
    for (const event of events) {
      const key = this.#reads(event) ? this.#options.projection.key(event as never) : undefined;
      if (key === undefined) continue;
      const said = byKey.get(key);
      if (said) said.push(event);
      else byKey.set(key, [event]);
    }
    for (const [key, said] of byKey) yield [key, said[0], said];
  }

  /** In bulk, the facts that are stored. */
  async #load(touched: readonly Touched[]): Promise<void> {
    if (this.#facts === undefined || this.#options.projection.ofOneStream) return;
    const missing = touched.filter(({ unread }) => unread);
    if (missing.length === 0) return;
    const keys = missing.map(({ known }) => known.key);
    const stored = await this.#options.load(this.#facts, keys);
    for (const { known, before } of missing) {
      const found = stored.get(known.key);
      if (!found) continue;
      known.fact = found.document;
      known.position = found.position;
      Object.assign(before, known);
    }
  }

  /** Whether memory has let the fact go, and it is to be folded again. */
  #isForgotten({ unread, refolded }: Touched): boolean {
    return unread && !refolded && this.#options.projection.ofOneStream === true;
  }

  /** At once where the event needs none of those before it: of thousands that are folded, few do. */
  #foldOne(one: Touched, event: Recorded, inputs: Inputs): Promise<void> | undefined {
    const { known, before, passed } = one;
    if (event.position <= known.position || !this.#reads(event)) return undefined;
    if (this.#options.partlyStored && known.fact !== (passed.at(-1) ?? before.fact)) passed.push(known.fact);
    if (this.#isForgotten(one) || this.#restating.has(event.type))
      return this.#earlier(event).then((earlier) => this.#evolve(one, event, earlier, inputs));
    this.#evolve(one, event, NO_EVENTS, inputs);
    return undefined;
  }

  /** Takes the key back to where it could last be shown. Gives how many of its first `folded` events are in that. */
  async #backToShown(one: Touched, folded: number, inputs: Inputs): Promise<number> {
    const { known, before, events, passed } = one;
    Object.assign(known, before);
    passed.length = 0;
    let shown = { at: 0, known: { ...before }, passed: 0 };
    for (const [index, event] of events.slice(0, folded).entries()) {
      await this.#foldOne(one, event, inputs);
      if (this.#canBeShown(one, inputs)) shown = { at: index + 1, known: { ...known }, passed: passed.length };
    }
    Object.assign(known, shown.known);
    passed.length = shown.passed;
    return shown.at;
  }

  #canBeShown(one: Touched, inputs: Inputs): boolean {
    try {
      this.#write(one, inputs, []);
      return true;
    } catch {
      return false;
    }
  }

  /** @param earlier the events of the stream before it, where the fact is forgotten or the event looks back */
  #evolve(touched: Touched, event: Recorded, earlier: readonly Recorded[], inputs: Inputs): void {
    const { known } = touched;
    if (this.#isForgotten(touched)) this.#refold(touched, earlier, inputs);
    known.fact = this.#restating.has(event.type)
      ? this.#restate(earlier, event, inputs)
      : this.#evolvers.get(event.type)?.(known.fact, event, inputs);
    known.position = event.position;
  }

  /** Folds the fact again that memory let go, up to the event that asks for it. */
  #refold(touched: Touched, earlier: readonly Recorded[], inputs: Inputs): void {
    const events = earlier.filter((event) => this.#reads(event));
    // What comes before the last restatement is in it.
    const restated = events.findLastIndex(({ type }) => this.#restating.has(type));
    const { known } = touched;
    for (const [index, event] of events.entries()) {
      if (index < restated) continue;
      known.fact =
        index === restated
          ? this.#restate(events.slice(0, index), event, inputs)
          : this.#evolvers.get(event.type)?.(known.fact, event, inputs);
      known.position = event.position;
    }
    Object.assign(touched.before, known);
    touched.refolded = true;
  }

  /** The stream of an event before it, without what an operator left out. */
  async #earlier({ stream, revision }: Recorded): Promise<readonly Recorded[]> {
    const events = await this.#options.readStream(stream, revision - 1);
    return this.#skipped.size === 0 ? events : events.filter(({ position }) => !this.#skipped.has(position));
  }

  #restate(earlier: readonly Recorded[], event: Recorded, inputs: Inputs): object | undefined {
    return restated(this.#options.projection, this.#evolvers, earlier, event, inputs);
  }

  /** From the first of its events that can't be folded on, a key waits for an operator. */
  #park({ known: { key }, shard, events }: Touched, from: number, error?: unknown): ParkedEvents | undefined {
    const waiting = events.slice(from).filter((event) => this.#reads(event));
    const first = waiting[0]?.position;
    if (first === undefined) return undefined;
    const waitsFrom = this.#parked.get(key);
    if (waitsFrom === undefined || first < waitsFrom) this.#parked.set(key, first);
    return { projection: this.#options.projection.name, key, shard, events: waiting, error };
  }

  #write(touched: Touched, inputs: Inputs, writes: Write[]): void {
    const { key, fact, position } = touched.known;
    const { shard, refolded, passed } = touched;
    if (fact === touched.before.fact && passed.length === 0) return;
    const { projection } = this.#options;
    const { name, documents } = projection;
    const write = (collection: string, id: string, document: object | undefined): void =>
      void writes.push({ collection, id, shard, position, document: (document ?? null) as Document | null });
    const shownOf = (one: object | undefined): readonly Shown[] =>
      one ? (documents?.(one as never, key, inputs) ?? [[key, one as Document]]) : NOTHING;
    const [old, between, now] = [shownOf(touched.before.fact), passed.flatMap(shownOf), shownOf(fact)];
    const before = new Map([...old, ...between]);
    const isKnown = !refolded && passed.length === 0;
    const changed = now.filter(([id, document]) => !isKnown || !sameDocument(before.get(id), document));
    // The store would refuse the whole batch for it, and everybody would wait for one key.
    for (const [id, document] of changed) {
      this.#refuseOtherTypes(id, document);
      this.#options.refuseTooLarge(projection, id, document);
    }
    if (this.#facts !== undefined && documents && fact)
      this.#options.refuseTooLarge({ name: this.#facts, fields: {} }, key, fact as Document);
    if (this.#facts !== undefined) write(this.#facts, key, fact);
    if (!documents) return;
    for (const [id, document] of changed) write(name, id, document);
    for (const [id] of now) before.delete(id);
    for (const id of before.keys()) write(name, id, undefined);
  }
}
