import type { Recorded } from '../../event-sourcing/event.js';
import type { AnyProjection } from '../../event-sourcing/projection.js';
import { sortById } from '../digest/fast/id-order.js';

type Reading = NonNullable<AnyProjection<never>['reading']>;

/** Events in order, also grouped by stream. */
export class EventsToFold {
  readonly #byStream: ReadonlyMap<string, readonly Recorded[]>;
  readonly #asRead = new Map<Reading, Map<string, readonly Recorded[]>>();

  constructor(readonly events: readonly Recorded[]) {
    this.#byStream = Map.groupBy(events, ({ stream }) => stream);
  }

  get streams(): Iterable<readonly Recorded[]> {
    return this.#byStream.values();
  }

  /**
   * Parts of about `most` events, each with whole streams in name order, for projections of one stream. What is made of
   * a small part dies young, which spares garbage collection.
   */
  *parts(most: number): Iterable<EventsToFold> {
    let part: Recorded[] = [];
    for (const [, stream] of sortById([...this.#byStream])) {
      for (const event of stream) part.push(event);
      if (part.length < most) continue;
      yield new EventsToFold(part);
      part = [];
    }
    if (part.length > 0) yield new EventsToFold(part);
  }

  /** The events of a stream as they are read. Projections of one reading share the work. */
  streamAsRead(name: string, reading: Reading | undefined): readonly Recorded[] {
    const events = this.streamOf(name);
    if (reading === undefined) return events;
    let known = this.#asRead.get(reading);
    if (!known) this.#asRead.set(reading, (known = new Map()));
    let read = known.get(name);
    if (!read) known.set(name, (read = reading.asRead(events as readonly never[])));
    return read;
  }

  /** The events of one stream, oldest first. */
  streamOf(name: string): readonly Recorded[] {
    return this.#byStream.get(name) ?? [];
  }
}

/** The events that were known at an instant; all without one. */
export const asKnown = (events: readonly Recorded[], at: string | undefined): readonly Recorded[] =>
  at === undefined ? events : events.filter(({ knownAt }) => knownAt <= at);
