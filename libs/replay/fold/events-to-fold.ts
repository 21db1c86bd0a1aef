import type { Recorded } from '../../event-sourcing/event.js';
import { sortById } from '../digest/fast/id-order.js';

/** Events in order, also grouped by stream. */
export class EventsToFold {
  readonly #byStream = new Map<string, Recorded[]>();

  constructor(readonly events: readonly Recorded[]) {
    for (const event of events) {
      const stream = this.#byStream.get(event.stream);
      if (stream) stream.push(event);
      else this.#byStream.set(event.stream, [event]);
    }
  }

  get streams(): Iterable<readonly Recorded[]> {
    return this.#byStream.values();
  }

  /**
   * Splits into parts of about `most` events, each with whole streams in name order: for projections that read one
   * stream at a time. What is made of a small part dies young, which spares garbage collection.
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

  /** The events of one stream, oldest first. */
  streamOf(name: string): readonly Recorded[] {
    return this.#byStream.get(name) ?? [];
  }
}
