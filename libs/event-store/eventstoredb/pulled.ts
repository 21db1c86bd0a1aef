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

/** The most events that wait in memory to be taken. */
const MOST_WAITING = 1_000;

export const waiting = (batchSize: number): { highWaterMark: number } => ({
  highWaterMark: Math.min(batchSize, MOST_WAITING),
});

/**
 * Takes what a stream of the client has, many at a time: `for await` would wait for each anew. What isn't taken waits
 * on the server, so the next batch waits for the last.
 */
export class Pulled<T> {
  private failed: { readonly error: unknown } | undefined;
  private over = false;
  private stirred = false;
  private wake: (() => void) | undefined;

  private readonly readable = (): void => this.stir();

  constructor(private readonly source: Source) {
    const end = (): void => {
      this.over = true;
      this.stir();
    };
    source.on('readable', this.readable);
    source.on('end', end);
    source.on('close', end);
    // It stays to the end: the client emits failures also when nobody reads any more.
    source.on('error', (error) => {
      this.failed ??= { error };
      end();
    });
  }

  /** What is there, `most` at most, without waiting. */
  take(most: number): T[] {
    const taken: T[] = [];
    while (taken.length < most) {
      const next = this.source.read() as T | null; // what the client says it is
      if (next === null) break;
      taken.push(next);
    }
    return taken;
  }

  /** All of it, to its end. @throws what the stream failed of */
  async rest(silenceMs: number): Promise<T[]> {
    const all: T[] = [];
    try {
      for (;;) {
        const taken = this.take(MOST_WAITING);
        for (const each of taken) all.push(each);
        if (taken.length > 0) continue;
        if (this.ended()) return all;
        await this.stirs(silenceMs);
      }
    } finally {
      this.leave();
    }
  }

  /** True when there is nothing more to take and never will be. @throws what the stream failed of */
  ended(): boolean {
    if (this.failed !== undefined) throw this.failed.error;
    return this.over;
  }

  /** Ends the wait of the reader. */
  stir(): void {
    this.stirred = true;
    this.wake?.();
  }

  /**
   * Resolves when there may be something to take. The client tells of each event by itself, even of a thousand that
   * came in one packet: the turn is let end first, or the reader would be woken a thousand times.
   * @throws Error when nothing came for so long
   */
  async stirs(waitMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, refuse) => {
      this.wake = resolve;
      if (this.stirred) resolve();
      else if (waitMs < Infinity) timer = setTimeout(() => refuse(new Error(`nothing came for ${waitMs} ms`)), waitMs);
    }).finally(() => clearTimeout(timer));
    await turn();
    this.stirred = false;
    this.wake = undefined;
  }

  /** Lets go of it: nothing more is asked for, and what was sent already is let pass, or the client would keep it. */
  leave(): void {
    const left = this.source.cancel?.() ?? this.source.unsubscribe?.();
    // Of a stream that never came about there is nothing to leave.
    left?.catch((error: unknown) => (this.failed ??= { error }));
    this.source.off('readable', this.readable);
    setImmediate(() => this.source.resume());
  }
}
