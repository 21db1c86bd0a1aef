import type { Recorded } from '../../event-sourcing/event.js';

/**
 * The events known at an instant. An event counts as known only once its stream's first event is known: a source may
 * date a later row of a case before the first one.
 */
export function asKnown(events: readonly Recorded[], at: string): readonly Recorded[] {
  const unknown = new Set<string>();
  return events.filter(({ stream, revision, knownAt }) => {
    if (revision === 1 && knownAt > at) unknown.add(stream);
    return knownAt <= at && !unknown.has(stream);
  });
}
