import type { Recorded } from '../../event-sourcing/event.js';
import { byOccurrence } from '../../event-sourcing/occurrence.js';
import { asCorrected, isCorrection } from './correction.js';

const OPENING = 'CaseOpened';

/**
 * The events of a case as its folds read them: corrected, in the order in which they happened, the earliest opening
 * first. Returns the same array where they were recorded so.
 * @throws Error on a correction of an event that is not there
 */
export function caseAsRead<E extends Recorded>(events: readonly E[]): readonly E[] {
  if (isReadAsRecorded(events)) return events;
  const inOrder = asCorrected(events).toSorted(byOccurrence);
  const opening = inOrder.findIndex(({ type }) => type === OPENING);
  if (opening > 0) inOrder.unshift(...inOrder.splice(opening, 1));
  return inOrder;
}

/** Whether one more event of a case changes how the earlier ones are read. @param latest the last of them, as read */
export const changesReading = (event: Recorded, latest: Recorded): boolean =>
  isCorrection(event) || event.type === OPENING || byOccurrence(latest, event) > 0;

function isReadAsRecorded(events: readonly Recorded[]): boolean {
  let latest = events[0];
  if (latest === undefined) return true;
  if (latest.type !== OPENING) return false;
  for (let i = 1; i < events.length; i++) {
    const event = events[i] as Recorded;
    if (isCorrection(event) || event.type === OPENING) return false;
    // What happened before the opening still comes after it.
    if (i > 1 && event.occurredAt <= latest.occurredAt && byOccurrence(latest, event) > 0) return false;
    latest = event;
  }
  return true;
}
