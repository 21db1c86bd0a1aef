import { LRUCache } from 'lru-cache';
import { setImmediate as nextTurn } from 'node:timers/promises';
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
  /** Where the events of each command are, by its id. */
  readonly commands: ReadonlyMap<string, Revisions>;
}

/** From its first event to its last. */
export interface Revisions {
  readonly first: number;
  readonly last: number;
}

export type Folding<State> = FoldedStream<State> & { readonly commands: Map<string, Revisions> };

/** In all streams together, because a state may hold the events that it was folded from. */
const MOST_EVENTS = 50_000;
/** A longer stream counts as this many events, so that the cache keeps the streams that cost most to read again. */
const MOST_OF_ONE = 5_000;
/** Folded without a pause, so that a long stream doesn't block requests. */
const PAGE = 1_000;

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
    let folded = cached ?? unwritten(decider.initialState);
    for (;;) {
      const slice = await store.readStream(stream, { after: folded.revision, limit: PAGE });
      if (slice.revision < folded.revision) {
        // A shorter stream is another history, such as a restored back-up.
        this.#cached.delete(stream);
        return this.read(store, stream, decider);
      }
      folded = foldedOn(folded, slice.events as readonly Recorded<E>[], decider);
      if (slice.events.length < PAGE) break;
      await nextTurn();
    }
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
  commands: new Map(),
});

/** A stream with events that follow what is folded. Adds their commands to the map that it is given. */
export function foldedOn<State, E extends DomainEvent>(
  before: Folding<State>,
  events: readonly Recorded<E>[],
  decider: Evolving<State, E>,
): Folding<State> {
  const last = events.at(-1);
  if (last === undefined) return before;
  const { commands } = before;
  let { state, latestAt } = before;
  for (const event of events) {
    state = decider.evolve(state, event);
    if (latestAt === undefined || event.occurredAt > latestAt) latestAt = event.occurredAt;
    const { first = event.revision, last = 0 } = commands.get(event.commandId) ?? {};
    commands.set(event.commandId, { first, last: Math.max(last, event.revision) });
  }
  const { revision, position, shard } = last;
  return { state, revision, position, shard, latestAt, first: before.first ?? events[0], commands };
}
