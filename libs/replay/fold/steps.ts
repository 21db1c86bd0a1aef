import { setImmediate } from 'node:timers/promises';
import type { Batch } from '../../event-store/event-store.js';

const LEAST = 50;
const MOST = 20_000;

/** Cuts batches into steps of about `stepMs` and yields to the event loop between them, so that requests are served. */
export class Steps {
  #size: number;

  constructor(
    private readonly stepMs: number,
    private readonly step: (batch: Batch) => Promise<void>,
  ) {
    this.#size = stepMs === Infinity ? MOST : 500;
  }

  async run({ events, position }: Batch, signal?: AbortSignal): Promise<void> {
    let at = 0;
    do {
      signal?.throwIfAborted();
      const size = this.#size;
      const part = events.slice(at, at + size);
      at += part.length;
      const began = performance.now();
      await this.step({ events: part, position: at >= events.length ? position : (part.at(-1)?.position ?? position) });
      const took = performance.now() - began;
      // Shrinks faster than it grows: a step that is too long is worse than one that is too short.
      if (took > this.stepMs) this.#size = Math.max(LEAST, Math.floor(size / 2));
      else if (part.length === size && took < this.stepMs * 0.8) this.#size = Math.min(MOST, Math.ceil(size * 1.1));
      await setImmediate();
    } while (at < events.length);
  }
}
