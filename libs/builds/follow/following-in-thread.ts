import { proxy, wrap, type Remote } from 'comlink';
import { setTimeout as after } from 'node:timers/promises';
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import type { StorePlaces } from '../../platform/config/store-places.js';
import { Following, type Lag } from '../../replay/follow/following.js';
import type { FollowingThere, FollowOrder } from './follow-worker.js';

const ASK_AGAIN_AFTER_MS = 1_000;
const LOOK_EVERY_MS = 20;

interface Thread {
  readonly worker: Worker;
  readonly port: MessagePort;
  readonly there: Remote<FollowingThere>;
  /** Of questions without an answer yet. */
  readonly waiting: Set<(lost: unknown) => void>;
}

/** Read models that a thread of this process follows, so that requests don't wait while events are folded. */
export class FollowingInThread extends Following {
  private thread: Thread | undefined;
  private hasBegun = false;

  constructor(
    private readonly places: StorePlaces,
    /** Called when following a generation fails. */
    private readonly onFailure: (generation: number, error: string) => void,
  ) {
    super();
  }

  /** Starts the thread, and starts it again if it was lost. */
  async refresh(): Promise<void> {
    await this.ask(({ refresh }) => refresh());
    this.hasBegun = true;
  }

  /** Right after the start it waits for the thread too. */
  async waitFor(shard: number, position: string, deadlineMs: number): Promise<boolean> {
    const deadline = performance.now() + deadlineMs;
    while (!this.hasBegun && performance.now() < deadline) await after(LOOK_EVERY_MS);
    const left = Math.max(0, Math.ceil(deadline - performance.now()));
    return this.ask(({ waitFor }) => waitFor(shard, position, left));
  }

  async caughtUp(generation: number, signal?: AbortSignal): Promise<void> {
    while (!(await this.ask(({ caughtUp }) => caughtUp(generation, ASK_AGAIN_AFTER_MS)))) signal?.throwIfAborted();
  }

  async whilePaused<T>(generation: number, work: () => Promise<T>): Promise<T> {
    const pause = await this.ask(({ pause }) => pause(generation));
    try {
      return await work();
    } finally {
      await this.ask(({ resume }) => resume(pause));
    }
  }

  retry(generation: number, projection: string, key: string): Promise<boolean> {
    return this.ask(({ retry }) => retry(generation, projection, key));
  }

  skip(generation: number, projection: string, key: string): Promise<boolean> {
    return this.ask(({ skip }) => skip(generation, projection, key));
  }

  lag(now: Date = new Date()): Promise<readonly Lag[]> {
    return this.ask(({ lag }) => lag(now));
  }

  /** Ends after the current step, and closes the thread's files. */
  async stop(): Promise<void> {
    if (this.thread === undefined) return;
    const { worker, port } = this.thread;
    await this.ask(({ end }) => end());
    this.thread = undefined;
    port.close();
    await worker.terminate();
  }

  private ask<T>(question: (there: Remote<FollowingThere>) => Promise<T>): Promise<T> {
    const { there, waiting } = (this.thread ??= this.start());
    return new Promise((resolve, reject) => {
      waiting.add(reject);
      void question(there)
        .then(resolve, reject)
        .finally(() => waiting.delete(reject));
    });
  }

  private start(): Thread {
    const { port1: port, port2 } = new MessageChannel();
    const workerData: FollowOrder = { places: this.places, port: port2 };
    const worker = new Worker(new URL('./follow-worker.js', import.meta.url), { workerData, transferList: [port2] });
    const waiting: Thread['waiting'] = new Set();
    worker.once('error', (lost) => {
      this.thread = undefined;
      port.close();
      for (const reject of waiting) reject(lost);
    });
    const there = wrap<FollowingThere>(port);
    void there.onFailure(proxy(this.onFailure));
    return { worker, port, there, waiting };
  }
}
