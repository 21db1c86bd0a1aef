/** A stream whose next items the caller can peek at. */
export class Lookahead<T> {
  private readonly items: T[] = [];
  private start = 0;
  private readonly source: AsyncIterator<readonly T[]>;
  private ended = false;

  constructor(batches: AsyncIterable<readonly T[]>) {
    this.source = batches[Symbol.asyncIterator]();
  }

  /** The number of buffered items. */
  get length(): number {
    return this.items.length - this.start;
  }

  /** Buffers `count` items, or all that are left. */
  async fill(count: number): Promise<void> {
    while (!this.ended && this.length < count) {
      const next = await this.source.next();
      if (next.done === true) this.ended = true;
      else for (const item of next.value) this.items.push(item);
    }
  }

  peek(): T | undefined {
    return this.items[this.start];
  }

  /** The index of the first buffered item that passes, or -1. */
  find(passes: (item: T) => boolean): number {
    return this.items.slice(this.start).findIndex(passes);
  }

  take(): T | undefined {
    const item = this.peek();
    if (item !== undefined) this.start++;
    if (this.start === this.items.length || this.start > 10_000) {
      this.items.splice(0, this.start);
      this.start = 0;
    }
    return item;
  }
}
