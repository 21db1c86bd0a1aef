import { LRUCache } from 'lru-cache';
import type { Recorded } from '../../event-sourcing/event.js';
import type { AnyProjection, Document, Shown } from '../../event-sourcing/projection.js';
import { HistoryUnavailable } from '../../event-store/event-store.js';
import { declaredTypes } from '../../read-store/declared-types.js';
import type { Flush, ReadStore, StoredDocument } from '../../read-store/read-store.js';
import type { EventsToFold } from './events-to-fold.js';
import type { ParkedEvents } from './parked.js';
import { evolversOf, foldStream, typesReadBy, type Evolver } from './fold-stream.js';
import { factsOf } from './projections.js';
import { sameDocument } from './fast/same-document.js';

type Write = Flush['writes'][number];

/** A key's fact in memory, the last event folded into it, as its stream is read, and the position of the last recorded. */
interface Known {
  readonly key: string;
  fact: object | undefined;
  latest: Recorded | undefined;
  position: string;
}

/** A key of the current batch: its events, and its fact before and after them. */
interface KeyInBatch {
  readonly known: Known;
  readonly before: Known;
  readonly shard: number;
  readonly events: readonly Recorded[];
  /** Memory lacks the fact before the batch, so it must be loaded or folded again. */
  readonly unread: boolean;
  /** The fact was folded again, so all its documents are written: the stored ones are unknown. */
  refolded: boolean;
  /** The facts between the events of the batch, if a flush that was cut off may have stored them. */
  readonly passed: (object | undefined)[];
}

export interface ProjectionFoldOptions<Inputs> {
  readonly projection: AnyProjection<Inputs>;
  load(collection: string, keys: readonly string[]): Promise<ReadonlyMap<string, StoredDocument>>;
  /** The events of a stream up to a revision, in the order recorded, to fold a fact again. */
  readStream(stream: string, upTo: number): Promise<readonly Recorded[]>;
  /** Throws on a document that the store can't hold; its key is parked. */
  readonly refuseTooLarge: ReadStore['refuseTooLarge'];
  /** How many facts stay in memory; the others are loaded or folded again when needed. Infinity keeps all. */
  readonly cached: number;
  /** The store is empty: a fact that memory lacks doesn't exist. */
  readonly empty: boolean;
  /** An earlier fold may have stored a part of a batch, which this one must correct. */
  readonly partlyStored: boolean;
  /** Parked keys, with the position of the event that failed. */
  readonly parked: ReadonlyMap<string, string>;
  /** Positions of events that an operator skipped. */
  readonly skipped: ReadonlySet<string>;
  /** Each batch has all events of its streams. */
  readonly whole?: true;
}

const NOTHING: readonly Shown[] = [];
const NOTHING_STORED: ReadonlyMap<string, StoredDocument> = new Map();
const NONE: ReadonlySet<string> = new Set();

/** Folds one projection batch by batch in memory. */
export class ProjectionFold<Inputs> {
  readonly #options: ProjectionFoldOptions<Inputs>;
  /** The collection of stored facts; undefined if facts are folded again instead. */
  readonly #facts: string | undefined;
  readonly #evolvers: ReadonlyMap<string, Evolver<Inputs>>;
  readonly #types: ReadonlySet<string>;
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
    this.#types = typesReadBy(projection);
    this.#refuseOtherTypes = declaredTypes(projection);
    this.#complete = options.empty;
    this.#known =
      options.cached === Infinity
        ? new Map()
        : new LRUCache({ max: options.cached, dispose: (_, __, why) => (this.#complete &&= why !== 'evict') });
    this.#parked = new Map(options.parked);
    this.#skipped = options.skipped;
  }

  /** For a batch with all events of its keys: nothing is stored yet, and the batch has the streams. */
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
      whole: true,
    });
  }

  /**
   * Returns the writes that bring the store up to the end of the batch, and the events that it could not fold.
   * @throws HistoryUnavailable, or the read store's error; don't use this fold again then.
   */
  async fold(batch: EventsToFold, inputs: Inputs): Promise<{ writes: Write[]; parked: ParkedEvents[] }> {
    const writes: Write[] = [];
    const parked: ParkedEvents[] = [];
    for (const one of await this.#keysIn(batch)) {
      const { known, events } = one;
      const waitsFrom = this.#parked.get(known.key);
      let because: unknown;
      let at = this.#foldAtOnce(one, batch, inputs) ? events.length : 0;
      for (let event; (event = events[at]) && (waitsFrom === undefined || event.position < waitsFrom); at++) {
        try {
          const lookingBack = this.#foldOne(one, event, inputs);
          if (lookingBack) await lookingBack;
        } catch (error) {
          // The event is not at fault.
          if (error instanceof HistoryUnavailable) throw error;
          because = error;
          break;
        }
      }
      let left = this.#park(one, at, because);
      try {
        this.#write(one, inputs, writes);
      } catch (error) {
        // The document can't be shown or stored: go back to the last event after which it could, and park the rest.
        left = this.#park(one, await this.#backToShown(one, at, inputs), error);
        this.#write(one, inputs, writes);
      }
      if (left) parked.push(left);
    }
    return { writes, parked };
  }

  /** Forgets a key, so that it is folded again without the skipped events. */
  forget(key: string, skipped: ReadonlySet<string>): void {
    this.#complete = false;
    this.#known.delete(key);
    this.#parked.delete(key);
    this.#skipped = skipped;
  }

  #reads({ type }: Recorded): boolean {
    return this.#types.has(type);
  }

  /** The keys that the batch has events for, with their facts loaded. */
  async #keysIn(batch: EventsToFold): Promise<readonly KeyInBatch[]> {
    const { ofOneStream } = this.#options.projection;
    const keys: KeyInBatch[] = [];
    for (const [key, first, events] of ofOneStream ? this.#keysOfStreams(batch) : this.#keysOfEvents(batch)) {
      const known = this.#known.get(key) ?? { key, fact: undefined, latest: undefined, position: '' };
      // There is nothing before revision 1 of a stream.
      const unread = known.position === '' && !this.#complete && !(ofOneStream && first.revision === 1);
      keys.push({ known, before: { ...known }, shard: first.shard, events, unread, refolded: false, passed: [] });
    }
    await this.#load(keys);
    for (const { known } of keys) if (!this.#known.has(known.key)) this.#known.set(known.key, known);
    return keys;
  }

  *#keysOfStreams({ streams }: EventsToFold): Iterable<readonly [string, Recorded, readonly Recorded[]]> {
    for (const events of streams) {
      const first = events.find((event) => this.#reads(event));
      const key = first && this.#options.projection.key(first as never);
      if (first && key !== undefined) yield [key, first, events];
    }
  }

  *#keysOfEvents({ events }: EventsToFold): Iterable<readonly [string, Recorded, readonly Recorded[]]> {
    const keyOf = (event: Recorded) => (this.#reads(event) ? this.#options.projection.key(event as never) : undefined);
    for (const [key, ofKey] of Map.groupBy(events, keyOf))
      if (key !== undefined && ofKey[0]) yield [key, ofKey[0], ofKey];
  }

  /** Loads the missing facts in bulk. */
  async #load(keys: readonly KeyInBatch[]): Promise<void> {
    if (this.#facts === undefined || this.#options.projection.ofOneStream) return;
    const missing = keys.filter(({ unread }) => unread);
    if (missing.length === 0) return;
    const stored = await this.#options.load(
      this.#facts,
      missing.map(({ known }) => known.key),
    );
    for (const { known, before } of missing) {
      const found = stored.get(known.key);
      if (!found) continue;
      known.fact = found.document;
      known.position = found.position;
      Object.assign(before, known);
    }
  }

  /** Whether the cache evicted the fact, so that it must be folded again. */
  #isForgotten({ unread, refolded }: KeyInBatch): boolean {
    return unread && !refolded && this.#options.projection.ofOneStream === true;
  }

  /** Returns a promise only if it must read earlier events, which is rare: awaiting each event would be slow. */
  #foldOne(one: KeyInBatch, event: Recorded, inputs: Inputs): Promise<void> | undefined {
    const { known, before, passed } = one;
    if (event.position <= known.position || !this.#reads(event)) return undefined;
    if (this.#options.partlyStored && known.fact !== (passed.at(-1) ?? before.fact)) passed.push(known.fact);
    if (this.#isForgotten(one) || this.#changesReading(known, event))
      return this.#earlier(event).then((earlier) => this.#foldAgain(one, earlier, event, inputs));
    this.#evolve(known, event, inputs);
    return undefined;
  }

  /**
   * Folds a whole stream as it is read, instead of again for each event that changes how it is read. False if it can't
   * be folded to its end: then event by event shows how far it can.
   */
  #foldAtOnce({ known, before, events }: KeyInBatch, batch: EventsToFold, inputs: Inputs): boolean {
    const { whole, projection } = this.#options;
    const stream = events[0]?.stream;
    if (!whole || !projection.ofOneStream || stream === undefined || this.#skipped.size > 0) return false;
    try {
      known.fact = foldStream(projection, batch.streamAsRead(stream, projection.reading), inputs);
      known.position = events.findLast((event) => this.#reads(event))?.position ?? '';
      return true;
    } catch {
      Object.assign(known, before);
      return false;
    }
  }

  /** Takes the key back to the last event after which it can be shown. Returns how many events are folded then. */
  async #backToShown(one: KeyInBatch, folded: number, inputs: Inputs): Promise<number> {
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

  #canBeShown(one: KeyInBatch, inputs: Inputs): boolean {
    try {
      this.#write(one, inputs, []);
      return true;
    } catch {
      return false;
    }
  }

  #changesReading({ latest }: Known, event: Recorded): boolean {
    const { reading } = this.#options.projection;
    return reading !== undefined && latest !== undefined && reading.changes(event as never, latest as never);
  }

  #evolve(known: Known, event: Recorded, inputs: Inputs): void {
    known.fact = this.#evolvers.get(event.type)?.(known.fact, event, inputs);
    known.latest = event;
    known.position = event.position;
  }

  /** Folds a key's stream again: its fact was evicted, or the event changes how the earlier ones are read. */
  #foldAgain(one: KeyInBatch, earlier: readonly Recorded[], event: Recorded, inputs: Inputs): void {
    const { known, before } = one;
    if (this.#isForgotten(one)) {
      Object.assign(known, this.#knownFrom(earlier, inputs));
      Object.assign(before, known);
      one.refolded = true;
    }
    if (this.#changesReading(known, event)) Object.assign(known, this.#knownFrom([...earlier, event], inputs));
    else this.#evolve(known, event, inputs);
  }

  #knownFrom(events: readonly Recorded[], inputs: Inputs): Omit<Known, 'key'> {
    const { projection } = this.#options;
    const read = projection.reading?.asRead(events as readonly never[]) ?? events;
    const fact = foldStream(projection, read, inputs);
    return { fact, latest: read.at(-1), position: events.at(-1)?.position ?? '' };
  }

  /** The stream's events before this one, without those that an operator skipped. */
  async #earlier({ stream, revision }: Recorded): Promise<readonly Recorded[]> {
    const events = await this.#options.readStream(stream, revision - 1);
    return this.#skipped.size === 0 ? events : events.filter(({ position }) => !this.#skipped.has(position));
  }

  /** Parks a key's events from an index on. */
  #park({ known: { key }, shard, events }: KeyInBatch, from: number, error?: unknown): ParkedEvents | undefined {
    const waiting = events.slice(from).filter((event) => this.#reads(event));
    const first = waiting[0]?.position;
    if (first === undefined) return undefined;
    const waitsFrom = this.#parked.get(key);
    if (waitsFrom === undefined || first < waitsFrom) this.#parked.set(key, first);
    return { projection: this.#options.projection.name, key, shard, events: waiting, error };
  }

  #write({ known, before: old, shard, refolded, passed }: KeyInBatch, inputs: Inputs, writes: Write[]): void {
    const { key, fact, position } = known;
    if (fact === old.fact && passed.length === 0) return;
    const { projection } = this.#options;
    const { name, documents } = projection;
    const write = (collection: string, id: string, document: object | undefined): void =>
      void writes.push({ collection, id, shard, position, document: (document ?? null) as Document | null });
    const shownOf = (one: object | undefined): readonly Shown[] =>
      one ? (documents?.(one as never, key, inputs) ?? [[key, one as Document]]) : NOTHING;
    const now = shownOf(fact);
    const before = new Map([...shownOf(old.fact), ...passed.flatMap(shownOf)]);
    const isKnown = !refolded && passed.length === 0;
    const changed = now.filter(([id, document]) => !isKnown || !sameDocument(before.get(id), document));
    // Check here: the store would refuse the whole batch for one document.
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
