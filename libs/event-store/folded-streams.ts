import { LRUCache } from 'lru-cache';
import type { Decider } from '../event-sourcing/decider.js';
import type { DomainEvent, Recorded } from '../event-sourcing/event.js';
import type { EventStore } from './event-store.js';

export interface FoldedStream<State> {
  readonly state: State;
  /** 0 for a stream that nobody wrote to. */
  readonly revision: number;
  /** The last event's. */
  readonly position: string | undefined;
  readonly shard: number | undefined;
  /** The latest `occurredAt` of its events. */
  readonly latestAt: string | undefined;
  /** Its first event, which never changes. */
  readonly first: Recorded | undefined;
  /** The commands that wrote its events. */
  readonly commandIds: ReadonlySet<string>;
}

export type Folding<State> = FoldedStream<State> & { readonly commandIds: Set<string> };

/** In all streams together, because a state may hold the events that it was folded from. */
const MOST_EVENTS = 50_000;
/** A longer stream counts as this many events, so that the cache keeps the streams that cost most to read again. */
const MOST_OF_ONE = 5_000;

type Evolving<State, E extends DomainEvent> = Pick<Decider<State, never, E>, 'initialState' | 'evolve'>;

/**
 * Caches folded streams, so that a command reads only the events since the last one and its cost doesn't grow with the
 * stream. Each stream has one decider.
 */
export class FoldedStreams {
  readonly #cached = new LRUCache<string, Folding<unknown>>({
    maxSize: MOST_EVENTS,
    sizeCalculation: ({ revision }) => Math.min(revision, MOST_OF_ONE),
  });

  async read<State, E extends DomainEvent>(
    store: Pick<EventStore, 'readStream'>,
    stream: string,
    decider: Evolving<State, E>,
  ): Promise<FoldedStream<State>> {
    const cached = this.#cached.get(stream) as Folding<State> | undefined;
    const slice = await store.readStream(stream, cached && { after: cached.revision });
    if (cached && slice.revision < cached.revision) {
      // A shorter stream is another history, such as a restored back-up.
      this.#cached.delete(stream);
      return this.read(store, stream, decider);
    }
    const folded = foldedOn(cached ?? unwritten(decider.initialState), slice.events as readonly Recorded<E>[], decider);
    if (folded.revision > 0) this.#cached.set(stream, folded);
    return folded;
  }
}

const unwritten = <State>(state: State): Folding<State> => ({
  state,
  revision: 0,
  position: undefined,
  shard: undefined,
  latestAt: undefined,
  first: undefined,
  commandIds: new Set(),
});

/** A stream with events that follow what is folded. Adds their command ids to the set that it is given. */
export function foldedOn<State, E extends DomainEvent>(
  before: Folding<State>,
  events: readonly Recorded<E>[],
  decider: Evolving<State, E>,
): Folding<State> {
  const last = events.at(-1);
  if (last === undefined) return before;
  const { commandIds } = before;
  let { state, latestAt } = before;
  for (const event of events) {
    state = decider.evolve(state, event);
    if (latestAt === undefined || event.occurredAt > latestAt) latestAt = event.occurredAt;
    commandIds.add(event.commandId);
  }
  const { revision, position, shard } = last;
  return { state, revision, position, shard, latestAt, first: before.first ?? events[0], commandIds };
}
