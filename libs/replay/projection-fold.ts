import { LRUCache } from 'lru-cache';
import type { Recorded } from '../event-sourcing/event.js';
import type { Document } from '../event-sourcing/projection.js';
import type { Flush, StoredDocument } from '../read-store/read-store.js';
import type { ParkedEvents } from './parked.js';
import { factsOf, type AnyProjection } from './projections.js';
import { sameDocument } from './same-document.js';

type Write = Flush['writes'][number];
type Evolver<Inputs> = (fact: object | undefined, event: Recorded, inputs: Inputs) => object | undefined;
type Documents = Readonly<Record<string, Document>>;

/** What is known in memory of one key: its fact and the last event folded into it. */
interface Known {
  readonly key: string;
  fact: object | undefined;
  position: string;
}

/** A key that the batch at hand touches, and what was known of it before. */
interface Touched {
  readonly known: Known;
  readonly shard: number;
  readonly before: Readonly<Known>;
  /** The first event of the batch, where those before it in its stream must be folded again to know the fact. */
  after?: Recorded;
  /** What is stored was shown by another fold, so it is not worked out what of it still holds: all is written. */
  refolded?: true;
}

interface Step {
  readonly event: Recorded;
  readonly touched: Touched;
}

export interface ProjectionFoldOptions<Inputs> {
  readonly projection: AnyProjection<Inputs>;
  load(collection: string, keys: readonly string[]): Promise<ReadonlyMap<string, StoredDocument>>;
  /** The events of a stream up to a revision, oldest first: read where a fact is folded again. */
  readStream(stream: string, upTo: number): Promise<readonly Recorded[]>;
  /** Facts kept in memory; the others are loaded when needed. */
  readonly cached: number;
  /** Nothing is stored yet: what memory does not know does not exist. */
  readonly empty: boolean;
  /** Keys that wait for an operator, with the position of the event that failed. */
  readonly parked: ReadonlyMap<string, string>;
  /** Positions of events that an operator has left out. */
  readonly skipped: ReadonlySet<string>;
}

const NOTHING: Documents = {};

/** One projection, folded batch by batch in memory. */
export class ProjectionFold<Inputs> {
  readonly #options: ProjectionFoldOptions<Inputs>;
  /** Where facts are stored; absent where they are folded again instead. */
  readonly #facts: string | undefined;
  readonly #evolvers: ReadonlyMap<string, Evolver<Inputs>>;
  readonly #restating: ReadonlySet<string>;
  readonly #known: LRUCache<string, Known>;
  readonly #parked: Map<string, string>;
  #skipped: ReadonlySet<string>;
  #complete: boolean;

  constructor(options: ProjectionFoldOptions<Inputs>) {
    const { projection } = options;
    this.#options = options;
    this.#facts = factsOf(projection);
    // The projection's own types were checked where it was declared; here its facts are opaque.
    this.#evolvers = new Map(Object.entries(projection.evolve) as [string, Evolver<Inputs>][]);
    this.#restating = new Set(projection.restate?.on);
    this.#complete = options.empty;
    this.#known = new LRUCache({ max: options.cached, dispose: (_, __, why) => (this.#complete &&= why !== 'evict') });
    this.#parked = new Map(options.parked);
    this.#skipped = options.skipped;
  }

  /** The writes that bring the store from before the batch to after it, and what could not be folded. */
  async fold(events: readonly Recorded[], inputs: Inputs): Promise<{ writes: Write[]; parked: ParkedEvents[] }> {
    const { steps, all } = await this.#prepare(events);
    const parked = new Map<string, ParkedEvents>();
    for (const { event, touched } of steps) {
      const { known } = touched;
      const failed = this.#parked.get(known.key);
      if (failed !== undefined && event.position >= failed) {
        this.#park(parked, touched, event);
        continue;
      }
      if (event.position <= known.position) continue;
      try {
        if (touched.after) await this.#refold(touched, touched.after, inputs);
        known.fact = this.#restating.has(event.type)
          ? this.#restate(await this.#earlier(event), event, inputs)
          : this.#evolvers.get(event.type)?.(known.fact, event, inputs);
        known.position = event.position;
      } catch (error) {
        this.#park(parked, touched, event, error);
      }
    }
    const writes: Write[] = [];
    for (const one of all) {
      try {
        writes.push(...this.#writes(one, inputs));
      } catch (error) {
        // What can't be shown is not stored: all that the batch said of the key waits.
        Object.assign(one.known, one.before);
        parked.delete(one.known.key);
        for (const { event, touched } of steps) if (touched === one) this.#park(parked, one, event, error);
      }
    }
    return { writes, parked: [...parked.values()] };
  }

  /** Forgets a key, so that it is known anew, without the events that an operator has left out since. */
  forget(key: string, skipped: ReadonlySet<string>): void {
    this.#complete = false;
    this.#known.delete(key);
    this.#parked.delete(key);
    this.#skipped = skipped;
  }

  /** What the batch says to this projection, with the facts it is about, loaded in bulk. */
  async #prepare(events: readonly Recorded[]): Promise<{ steps: readonly Step[]; all: Iterable<Touched> }> {
    const steps: Step[] = [];
    const all = new Map<string, Touched>();
    const missing: Touched[] = [];
    for (const event of events) {
      if (!this.#evolvers.has(event.type) && !this.#restating.has(event.type)) continue;
      const key = this.#options.projection.key(event as never);
      if (key === undefined) continue;
      let touched = all.get(key);
      if (!touched) {
        const known = this.#known.get(key);
        touched = {
          known: known ?? { key, fact: undefined, position: '' },
          shard: event.shard,
          before: { key, fact: known?.fact, position: known?.position ?? '' },
        };
        all.set(key, touched);
        if (!known) {
          missing.push(touched);
          if (this.#options.projection.ofOneStream && !this.#complete && event.revision > 1) touched.after = event;
        }
      }
      steps.push({ event, touched });
    }
    await this.#load(missing);
    return { steps, all: all.values() };
  }

  async #load(missing: readonly Touched[]): Promise<void> {
    if (missing.length === 0) return;
    if (!this.#complete && this.#facts !== undefined && !this.#options.projection.ofOneStream) {
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
    for (const { known } of missing) this.#known.set(known.key, known);
  }

  /** Folds the fact again that memory let go, up to the event that asks for it. */
  async #refold(touched: Touched, before: Recorded, inputs: Inputs): Promise<void> {
    const events = (await this.#earlier(before)).filter(
      (event) =>
        (this.#evolvers.has(event.type) || this.#restating.has(event.type)) &&
        this.#options.projection.key(event as never) === touched.known.key,
    );
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
    delete touched.after;
    touched.refolded = true;
  }

  /** The stream of an event before it, as far as it is folded. */
  async #earlier({ stream, revision }: Recorded): Promise<readonly Recorded[]> {
    const events = await this.#options.readStream(stream, revision - 1);
    return this.#skipped.size === 0 ? events : events.filter(({ position }) => !this.#skipped.has(position));
  }

  #restate(earlier: readonly Recorded[], event: Recorded, inputs: Inputs): object | undefined {
    const { restate } = this.#options.projection;
    const stream: readonly Recorded[] = [...earlier, event];
    let fact: object | undefined;
    for (const one of restate?.asRead(stream as readonly never[]) ?? [])
      fact = this.#evolvers.get(one.type)?.(fact, one, inputs) ?? fact;
    const last = this.#evolvers.get(event.type);
    return last ? last(fact, event, inputs) : fact;
  }

  #park(parked: Map<string, ParkedEvents>, { known: { key }, shard }: Touched, event: Recorded, error?: unknown): void {
    const { name } = this.#options.projection;
    if (!this.#parked.has(key)) this.#parked.set(key, event.position);
    const one = parked.get(key) ?? { projection: name, key, shard, events: [], error };
    parked.set(key, { ...one, events: [...one.events, event] });
  }

  #writes({ known, shard, before, refolded }: Touched, inputs: Inputs): Write[] {
    const { key, fact, position } = known;
    if (fact === before.fact) return [];
    const { projection } = this.#options;
    const write = (collection: string, id: string, document: object | undefined): Write => ({
      collection,
      id,
      shard,
      position,
      document: (document ?? null) as Document | null,
    });
    const writes = this.#facts === undefined ? [] : [write(this.#facts, key, fact)];
    if (!projection.documents) return writes;
    const old = before.fact ? projection.documents(before.fact as never, key, inputs) : NOTHING;
    const now = fact ? projection.documents(fact as never, key, inputs) : NOTHING;
    for (const [id, document] of Object.entries(now))
      if (refolded || !old[id] || !sameDocument(old[id], document)) writes.push(write(projection.name, id, document));
    for (const id of Object.keys(old)) if (!(id in now)) writes.push(write(projection.name, id, undefined));
    return writes;
  }
}
