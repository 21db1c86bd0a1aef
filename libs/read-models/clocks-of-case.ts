import type { RecordedEvent } from '../recovery/history.js';
import type { RuleBooks } from '../recovery/rules/rule-book.js';
import { advanceClocks, type CaseClocks } from '../recovery/sla/case-clocks.js';

interface Advance {
  readonly event: RecordedEvent;
  readonly from: CaseClocks | undefined;
  readonly books: RuleBooks;
  readonly to: CaseClocks | undefined;
}

/**
 * The last advances, by event id: several read models ask for the same one, and it is the dearest step of a fold. No
 * weak map: its keys are looked at again in each round of garbage collection.
 */
const advances = new Map<string, Advance>();
const MOST = 20_000;

/** `advanceClocks`, worked out once for all who ask with the same clocks, event and books. */
export function clocksAfter(
  from: CaseClocks | undefined,
  event: RecordedEvent,
  books: RuleBooks,
): CaseClocks | undefined {
  const known = advances.get(event.id);
  if (known && known.event === event && known.from === from && known.books === books) return known.to;
  const to = advanceClocks(from, event, books);
  if (advances.size >= MOST) advances.clear();
  advances.set(event.id, { event, from, books, to });
  return to;
}
