import type { Recorded } from './event.js';

type Occurrence = Pick<Recorded, 'occurredAt' | 'sequence' | 'revision'>;

/** Compares events of a stream by `occurredAt`; at the same instant by the source's order, then as recorded. */
export function byOccurrence(a: Occurrence, b: Occurrence): number {
  if (a.occurredAt !== b.occurredAt) return a.occurredAt < b.occurredAt ? -1 : 1;
  return (a.sequence ?? a.revision) - (b.sequence ?? b.revision) || a.revision - b.revision;
}
