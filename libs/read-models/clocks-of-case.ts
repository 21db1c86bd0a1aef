import type { RecordedEvent } from '../recovery/history.js';
import type { RuleBooks } from '../recovery/rules/rule-book.js';
import { advanceClocks, type CaseClocks } from '../recovery/clocks/case-clocks.js';

interface Advance {
  readonly event: RecordedEvent;
  readonly from: CaseClocks | undefined;
  readonly to: CaseClocks | undefined;
}

/** More than the events of a shard: what is asked beyond is worked out again. */
const MOST = 50_000;

/**
 * Advances in the order in which a read model asked for them. Another that is folded after it over the same events
 * asks for the same ones in the same order, so that they are found by their place: nothing is looked up.
 */
class Advances {
  #asked: Advance[] = [];
  #next = 0;
  #askedAgain = false;

  after(from: CaseClocks | undefined, event: RecordedEvent, books: RuleBooks): CaseClocks | undefined {
    const known = this.#askedAt(this.#next, from, event) ?? this.#askedAt(0, from, event);
    if (known) return known.to;
    const to = advanceClocks(from, event, books);
    // Among what is asked again, one that is not the same, such as a corrected event: what follows has its place.
    if (this.#next < this.#asked.length) this.#next++;
    else this.#keep({ event, from, to });
    return to;
  }

  #askedAt(place: number, from: CaseClocks | undefined, event: RecordedEvent): Advance | undefined {
    const advance = this.#asked[place];
    if (advance?.event !== event || advance.from !== from) return undefined;
    this.#next = place + 1;
    this.#askedAgain = true;
    return advance;
  }

  /** After all was asked again, something else begins. */
  #keep(advance: Advance): void {
    if (this.#askedAgain || this.#asked.length >= MOST) this.#asked = [];
    this.#askedAgain = false;
    this.#next = this.#asked.push(advance);
  }
}

const underBooks = new WeakMap<RuleBooks, Advances>();

/** `advanceClocks`, the dearest step of a fold, worked out once for all read models that ask for the same. */
export function clocksAfter(
  from: CaseClocks | undefined,
  event: RecordedEvent,
  books: RuleBooks,
): CaseClocks | undefined {
  let advances = underBooks.get(books);
  if (!advances) underBooks.set(books, (advances = new Advances()));
  return advances.after(from, event, books);
}
