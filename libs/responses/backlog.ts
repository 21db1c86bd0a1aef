import { setTimeout as after } from 'node:timers/promises';
import type { EventStore } from '../event-store/event-store.js';

/** How far the reactions of this installation have come. */
export abstract class TriageProgress {
  /** Events up to this position have been reacted to; undefined before the first. */
  abstract reached(): Promise<string | undefined>;
}

export interface Waiting {
  readonly responses: number;
  /** Of the oldest; 0 where none waits. */
  readonly seconds: number;
}

interface Accepted {
  readonly position: string;
  readonly atMs: number;
}

const LOOK_EVERY_MS = 50;

/** Responses that were accepted and are not triaged yet. It counts those that this process knows of. */
export class Backlog {
  /** In the order of their positions, except those of the same moment. */
  private waiting: Accepted[] = [];
  private oldest = 0;

  constructor(
    private readonly limit: number,
    private readonly progress: TriageProgress,
    private readonly nowMs: () => number,
    private readonly pause: (ms: number) => Promise<unknown> = after,
  ) {}

  /** Counts what waited before this process started, up to the limit. */
  async countEarlier(events: Pick<EventStore, 'readAll'>): Promise<void> {
    const filter = { types: ['ResponseReceived'] };
    for await (const batch of events.readAll({ from: await this.progress.reached(), filter }))
      for (const { position, recordedAt, imported } of batch.events) {
        if (this.waiting.length >= this.limit) return;
        if (imported !== true) this.accepted(position, Date.parse(recordedAt));
      }
  }

  accepted(position: string, atMs = this.nowMs()): void {
    this.waiting.push({ position, atMs });
  }

  /** Undefined where there is room; else after how many seconds there may be. */
  async full(): Promise<number | undefined> {
    if (this.waiting.length - this.oldest < this.limit) return undefined;
    const { responses, seconds } = await this.now();
    return responses < this.limit ? undefined : Math.max(1, Math.ceil(seconds / 2));
  }

  /** Resolves once there is room. */
  async room(): Promise<void> {
    while ((await this.full()) !== undefined) await this.pause(LOOK_EVERY_MS);
  }

  async now(): Promise<Waiting> {
    const reached = (await this.progress.reached()) ?? '';
    while (this.oldest < this.waiting.length && (this.waiting[this.oldest]?.position ?? '') <= reached) this.oldest++;
    // Once half of the list is done it is copied, so that each response is moved once.
    if (this.oldest > this.waiting.length / 2) {
      this.waiting = this.waiting.slice(this.oldest);
      this.oldest = 0;
    }
    const first = this.waiting[this.oldest];
    return {
      responses: this.waiting.length - this.oldest,
      seconds: first === undefined ? 0 : (this.nowMs() - first.atMs) / 1_000,
    };
  }
}
