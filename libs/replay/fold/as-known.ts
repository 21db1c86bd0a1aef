import type { Recorded } from '../../event-sourcing/event.js';

/**
 * Of events in their order, those that were known at an instant. What is told of a stream was not known before the
 * stream's beginning was: a source may date a later row of a case before its first one.
 */
export function asKnown(events: readonly Recorded[], at: string): readonly Recorded[] {
  const notBegun = new Set<string>();
  return events.filter(({ stream, revision, knownAt }) => {
    if (revision === 1 && knownAt > at) notBegun.add(stream);
    return knownAt <= at && !notBegun.has(stream);
  });
}
