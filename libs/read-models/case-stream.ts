import type { RecordedEvent } from '../recovery/history.js';
import { asCorrected } from '../recovery/case/correction.js';

const PREFIX = 'case-';

/** The case that an event of a case's own stream is about. */
export const caseOf = ({ stream }: Pick<RecordedEvent, 'stream'>): string | undefined =>
  stream.startsWith(PREFIX) ? stream.slice(PREFIX.length) : undefined;

/** A case is read as it is now known to have been. */
export const correctedCase = { on: ['EventCorrected'] as const, asRead: asCorrected };
