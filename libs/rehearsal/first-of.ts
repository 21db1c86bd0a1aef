/** Keeps the first `most` items by key, whatever order they come in. Memory stays bounded by `most`. */
export class FirstOf<T> {
  #kept: T[] = [];

  constructor(
    private readonly most: number,
    private readonly keyOf: (one: T) => string,
  ) {}

  add(one: T): void {
    this.#kept.push(one);
    if (this.#kept.length > this.most * 1.25 + 1_000) this.#kept = this.result();
  }

  /** In key order. */
  result(): T[] {
    const keyed = this.#kept.map((one) => [this.keyOf(one), one] as const);
    return keyed
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .slice(0, this.most)
      .map(([, one]) => one);
  }
}
