import type { RecordedEvent } from '../recovery/history.js';
import type { RuleBooks } from '../recovery/rules/rule-book.js';
import { advanceClocks, type CaseClocks } from '../recovery/sla/case-clocks.js';

interface Advance {
  readonly from: CaseClocks | undefined;
  readonly books: RuleBooks;
  readonly to: CaseClocks | undefined;
}

/** The last advance by each event: several read models ask for the same one, and it is the dearest step of a fold. */
const advances = new WeakMap<RecordedEvent, Advance>();

/** `advanceClocks`, worked out once for all who ask with the same clocks, event and books. */
export function clocksAfter(
  from: CaseClocks | undefined,
  event: RecordedEvent,
  books: RuleBooks,
): CaseClocks | undefined {
  const known = advances.get(event);
  if (known && known.from === from && known.books === books) return known.to;
  const to = advanceClocks(from, event, books);
  advances.set(event, { from, books, to });
  return to;
}
