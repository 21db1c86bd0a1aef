import type { Recorded } from '../event-sourcing/event.js';

/** Events in their order, and the same by stream. */
export class EventsToFold {
  readonly #byStream = new Map<string, Recorded[]>();

  constructor(readonly events: readonly Recorded[]) {
    // Sorted by stream once, for all projections.
    for (const event of events) {
      const stream = this.#byStream.get(event.stream);
      if (stream) stream.push(event);
      else this.#byStream.set(event.stream, [event]);
    }
  }

  get streams(): Iterable<readonly Recorded[]> {
    return this.#byStream.values();
  }

  /** Those of one stream, oldest first. */
  streamOf(name: string): readonly Recorded[] {
    return this.#byStream.get(name) ?? [];
  }
}
