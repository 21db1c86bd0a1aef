/**
 * A set that grows at constant cost and yet never changes: its states share one index, and each sees only what was added
 * before it.
 */
export class GrowingSet {
  static readonly empty = new GrowingSet(new Map(), 0);

  private constructor(
    private readonly places: Map<string, number>,
    readonly size: number,
  ) {}

  has(value: string): boolean {
    const place = this.places.get(value);
    return place !== undefined && place < this.size;
  }

  with(value: string): GrowingSet {
    const place = this.places.get(value);
    if (place !== undefined && place < this.size) return this;
    // Another state went the same way before: what is decided is folded once as decided, and once as it was stored.
    if (place === this.size) return new GrowingSet(this.places, this.size + 1);
    // The empty set is everybody's, and what another state added to is no longer ours to add to.
    const isOurs = this.size > 0 && this.places.size === this.size;
    const places = isOurs ? this.places : new Map([...this.places].slice(0, this.size));
    return new GrowingSet(places.set(value, this.size), this.size + 1);
  }
}
