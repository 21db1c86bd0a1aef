import { proxy, wrap, type Remote } from 'comlink';
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import type { StorePlaces } from '../../platform/config/store-places.js';
import { Following, type Lag } from '../../replay/follow/following.js';
import type { FollowingThere, FollowOrder } from './follow-worker.js';

const ASK_AGAIN_AFTER_MS = 1_000;

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

  constructor(
    private readonly places: StorePlaces,
    /** Called when following a generation fails. */
    private readonly onFailure: (generation: number, error: string) => void,
  ) {
    super();
  }

  /** Starts the thread, and starts it again if it was lost. */
  refresh(): Promise<void> {
    return this.ask(({ refresh }) => refresh());
  }

  waitFor(shard: number, position: string, deadlineMs: number): Promise<boolean> {
    return this.ask(({ waitFor }) => waitFor(shard, position, deadlineMs));
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
