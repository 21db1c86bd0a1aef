import { setImmediate } from 'node:timers/promises';
import type { Batch } from '../../event-store/event-store.js';

const LEAST = 50;
const MOST = 20_000;

/**
 * Cuts batches so that each step takes about `stepMs`, and lets the event loop run between steps: what is served
 * beside a build waits for one step at most.
 */
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
      // Grown by a tenth and shrunk by half: a step that is too long is worse than one that is too short.
      if (took > this.stepMs) this.#size = Math.max(LEAST, Math.floor(size / 2));
      else if (part.length === size && took < this.stepMs * 0.8) this.#size = Math.min(MOST, Math.ceil(size * 1.1));
      await setImmediate();
    } while (at < events.length);
  }
}
