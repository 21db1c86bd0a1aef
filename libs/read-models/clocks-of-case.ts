import type { RecordedEvent } from '../recovery/history.js';
import type { RuleBooks } from '../recovery/rules/rule-book.js';
import { advanceClocks, type CaseClocks } from '../recovery/sla/case-clocks.js';

interface Advance {
  readonly event: RecordedEvent;
  readonly from: CaseClocks | undefined;
  readonly to: CaseClocks | undefined;
}

/**
 * The last advances under each of the rule books, by event id: several read models ask for the same one, and it is the
 * dearest step of a fold. No weak map of events: its keys are looked at again in each round of garbage collection.
 */
const advances = new WeakMap<RuleBooks, Map<string, Advance>>();
const MOST = 20_000;

/** `advanceClocks`, worked out once for all who ask with the same clocks, event and books. */
export function clocksAfter(
  from: CaseClocks | undefined,
  event: RecordedEvent,
  books: RuleBooks,
): CaseClocks | undefined {
  let under = advances.get(books);
  if (!under) advances.set(books, (under = new Map()));
  const known = under.get(event.id);
  if (known && known.event === event && known.from === from) return known.to;
  const to = advanceClocks(from, event, books);
  if (under.size >= MOST) under.clear();
  under.set(event.id, { event, from, to });
  return to;
}
