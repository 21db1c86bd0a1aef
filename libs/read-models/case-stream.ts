import type { RecordedEvent } from '../recovery/history.js';
import { caseAsRead, changesReading } from '../recovery/case/case-reading.js';

const PREFIX = 'case-';

/** The case that an event of a case's own stream is about. */
export const caseOf = ({ stream }: Pick<RecordedEvent, 'stream'>): string | undefined =>
  stream.startsWith(PREFIX) ? stream.slice(PREFIX.length) : undefined;

/** A case is read corrected, and in the order in which things happened; other streams as they were recorded. */
export const readingOfCase = {
  on: ['EventCorrected'] as const,
  asRead: <E extends RecordedEvent>(events: readonly E[]): readonly E[] =>
    events[0] && caseOf(events[0]) !== undefined ? caseAsRead(events) : events,
  changes: (event: RecordedEvent, latest: RecordedEvent): boolean =>
    caseOf(event) !== undefined && changesReading(event, latest),
};
