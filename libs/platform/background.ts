import type { BeforeApplicationShutdown } from '@nestjs/common';

/** A service that works until the app stops, which waits for it. */
export abstract class Background implements BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>[] = [];

  /** Fires when the app stops. */
  protected get stop(): AbortSignal {
    return this.stopping.signal;
  }

  protected run(work: Promise<void>): void {
    this.running.push(work);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.running);
  }
}
