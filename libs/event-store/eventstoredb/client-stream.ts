import { setImmediate as turn } from 'node:timers/promises';

/** A read or a subscription of the client. */
export interface Source {
  read(): unknown;
  on(event: string, listener: (...values: unknown[]) => void): unknown;
  off(event: string, listener: (...values: unknown[]) => void): unknown;
  resume(): unknown;
  cancel?(): Promise<void>;
  unsubscribe?(): Promise<void>;
}

/** The most events that the client buffers. */
const MOST_BUFFERED = 1_000;

export const buffering = (batchSize: number): { highWaterMark: number } => ({
  highWaterMark: Math.min(batchSize, MOST_BUFFERED),
});

/** Reads a stream of the client in batches, because `for await` waits for each event. It applies back-pressure. */
export class ClientStream<T> {
  private failed: { readonly error: unknown } | undefined;
  private over = false;
  private woken = false;
  private resolveWait: (() => void) | undefined;

  private readonly readable = (): void => this.wake();

  constructor(private readonly source: Source) {
    const end = (): void => {
      this.over = true;
      this.wake();
    };
    source.on('readable', this.readable);
    source.on('end', end);
    source.on('close', end);
    // Never removed: the client emits errors even after cancel().
    source.on('error', (error) => {
      this.failed ??= { error };
      end();
    });
  }

  /** What is buffered, `most` at most. */
  take(most: number): T[] {
    const taken: T[] = [];
    while (taken.length < most) {
      const next = this.source.read() as T | null; // read() declares unknown
      if (next === null) break;
      taken.push(next);
    }
    return taken;
  }

  /** Everything up to the end. @throws the stream's error */
  async rest(silenceMs: number): Promise<T[]> {
    const all: T[] = [];
    try {
      for (;;) {
        const taken = this.take(MOST_BUFFERED);
        for (const each of taken) all.push(each);
        if (taken.length > 0) continue;
        if (this.ended()) return all;
        await this.waitForMore(silenceMs);
      }
    } finally {
      this.cancel();
    }
  }

  /** @throws the stream's error */
  ended(): boolean {
    if (this.failed !== undefined) throw this.failed.error;
    return this.over;
  }

  wake(): void {
    this.woken = true;
    this.resolveWait?.();
  }

  /**
   * Resolves when there may be something to take. It waits for the current turn to end, because the client emits
   * each event of a packet separately.
   * @throws Error after `waitMs` without an event
   */
  async waitForMore(waitMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, refuse) => {
      this.resolveWait = resolve;
      if (this.woken) resolve();
      else if (waitMs < Infinity) timer = setTimeout(() => refuse(new Error(`nothing came for ${waitMs} ms`)), waitMs);
    }).finally(() => clearTimeout(timer));
    await turn();
    this.woken = false;
    this.resolveWait = undefined;
  }

  /** Requests no more, and drains what the server already sent, which the client would otherwise keep. */
  cancel(): void {
    const left = this.source.cancel?.() ?? this.source.unsubscribe?.();
    left?.catch((error: unknown) => (this.failed ??= { error }));
    this.source.off('readable', this.readable);
    setImmediate(() => this.source.resume());
  }
}
