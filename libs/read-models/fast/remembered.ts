import type { RecordedEvent } from '../../recovery/history.js';

interface Advance<State> {
  readonly event: RecordedEvent;
  readonly from: State | undefined;
  readonly to: State | undefined;
}

/** More than the events of a shard: what is asked beyond is worked out again. */
const MOST = 50_000;

/**
 * A step of a fold, worked out once for all read models that ask for the same. They are folded one after another over the
 * same events, so that each asks in the order of the first, and finds by place what it asks for.
 */
export class Remembered<State> {
  #asked: Advance<State>[] = [];
  #next = 0;
  #askedAgain = false;

  constructor(
    private readonly advance: (this: void, from: State | undefined, event: RecordedEvent) => State | undefined,
  ) {}

  after(from: State | undefined, event: RecordedEvent): State | undefined {
    const known = this.#askedAt(this.#next, from, event) ?? this.#askedAt(0, from, event);
    if (known) return known.to;
    const to = this.advance(from, event);
    // Among what is asked again, one that is not the same, such as a corrected event: what follows has its place.
    if (this.#next < this.#asked.length) this.#next++;
    else this.#keep({ event, from, to });
    return to;
  }

  #askedAt(place: number, from: State | undefined, event: RecordedEvent): Advance<State> | undefined {
    const advance = this.#asked[place];
    if (advance?.event !== event || advance.from !== from) return undefined;
    this.#next = place + 1;
    this.#askedAgain = true;
    return advance;
  }

  /** After all was asked again, something else begins. */
  #keep(advance: Advance<State>): void {
    if (this.#askedAgain || this.#asked.length >= MOST) this.#asked = [];
    this.#askedAgain = false;
    this.#next = this.#asked.push(advance);
  }
}
