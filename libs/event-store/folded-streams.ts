import { LRUCache } from 'lru-cache';
import type { Decider } from '../event-sourcing/decider.js';
import type { DomainEvent, Recorded } from '../event-sourcing/event.js';
import type { EventStore } from './event-store.js';

/** A stream as its decider sees it. */
export interface FoldedStream<State> {
  readonly state: State;
  /** 0 for a stream that nobody wrote to. */
  readonly revision: number;
  /** Of its last event. */
  readonly position: string | undefined;
  readonly shard: number | undefined;
  /** By which commands its events came. */
  readonly commandIds: ReadonlySet<string>;
}

type Folding<State> = FoldedStream<State> & { readonly commandIds: Set<string> };

/** Of all streams together, as a state may hold the events that it was folded from. */
const MOST_EVENTS = 50_000;
/** What a stream counts for at most: the longest are the dearest to read again. */
const MOST_OF_ONE = 5_000;

type Evolving<State, E extends DomainEvent> = Pick<Decider<State, never, E>, 'initialState' | 'evolve'>;

/**
 * Streams as they were folded last, so that the next command reads what came since and not the whole again: what a
 * command costs does not grow with its stream. Every stream has one decider.
 */
export class FoldedStreams {
  readonly #known = new LRUCache<string, Folding<unknown>>({
    maxSize: MOST_EVENTS,
    sizeCalculation: ({ revision }) => Math.min(revision, MOST_OF_ONE),
  });

  async read<State, E extends DomainEvent>(
    store: Pick<EventStore, 'readStream'>,
    stream: string,
    decider: Evolving<State, E>,
  ): Promise<FoldedStream<State>> {
    const known = this.#known.get(stream) as Folding<State> | undefined;
    const slice = await store.readStream(stream, known && { after: known.revision });
    if (known && slice.revision < known.revision) {
      // History only grows; should it be another one all the same, nothing that was known of it holds.
      this.#known.delete(stream);
      return this.read(store, stream, decider);
    }
    const folded = foldedOn(known ?? unwritten(decider.initialState), slice.events as readonly Recorded<E>[], decider);
    if (folded.revision > 0) this.#known.set(stream, folded);
    return folded;
  }
}

const unwritten = <State>(state: State): Folding<State> => ({
  state,
  revision: 0,
  position: undefined,
  shard: undefined,
  commandIds: new Set(),
});

/** What a stream holds, its decider wrote. */
function foldedOn<State, E extends DomainEvent>(
  before: Folding<State>,
  events: readonly Recorded<E>[],
  decider: Evolving<State, E>,
): Folding<State> {
  const last = events.at(-1);
  if (last === undefined) return before;
  const { commandIds } = before;
  let { state } = before;
  for (const event of events) {
    state = decider.evolve(state, event);
    commandIds.add(event.commandId);
  }
  return { state, revision: last.revision, position: last.position, shard: last.shard, commandIds };
}
