import type { RecordedEvent } from '../../recovery/history.js';

interface Advance<State> {
  readonly event: RecordedEvent;
  readonly from: State | undefined;
  readonly to: State | undefined;
}

/** More than the events of a shard. It works out again what is asked beyond. */
const MOST = 50_000;

/**
 * Works out a step of a fold once for all read models that ask for it. They fold the same events one after another, so
 * each asks in the order of the first and finds its answer by place.
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
    // A step that differs among those asked again, such as a corrected event: what follows keeps its place.
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

  /** Something else begins after all was asked again. */
  #keep(advance: Advance<State>): void {
    if (this.#askedAgain || this.#asked.length >= MOST) this.#asked = [];
    this.#askedAgain = false;
    this.#next = this.#asked.push(advance);
  }
}
