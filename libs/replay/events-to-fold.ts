import type { Recorded } from '../event-sourcing/event.js';

/** Events in their order, and the same by stream. */
export interface EventsToFold {
  readonly events: readonly Recorded[];
  readonly streams: readonly (readonly Recorded[])[];
}

/** Sorted by stream once, for all projections. */
export function eventsToFold(events: readonly Recorded[]): EventsToFold {
  const streams = new Map<string, Recorded[]>();
  for (const event of events) {
    const stream = streams.get(event.stream);
    if (stream) stream.push(event);
    else streams.set(event.stream, [event]);
  }
  return { events, streams: [...streams.values()] };
}
