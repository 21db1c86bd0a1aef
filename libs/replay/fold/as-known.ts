import type { Recorded } from '../../event-sourcing/event.js';

/** The events that were known at an instant. */
export const asKnown = (events: readonly Recorded[], at: string): readonly Recorded[] =>
  events.filter(({ knownAt }) => knownAt <= at);
