/** Of many, the first so many by a key: whatever order they come in, with memory for little more than them. */
export class FirstOf<T> {
  #kept: T[] = [];

  constructor(
    private readonly most: number,
    private readonly keyOf: (one: T) => string,
  ) {}

  add(one: T): void {
    this.#kept.push(one);
    if (this.#kept.length > this.most * 1.25 + 1_000) this.#kept = this.#first();
  }

  /** In the order of their keys. */
  result(): readonly T[] {
    return this.#first();
  }

  #first(): T[] {
    const keyed = this.#kept.map((one) => [this.keyOf(one), one] as const);
    return keyed
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .slice(0, this.most)
      .map(([, one]) => one);
  }
}
