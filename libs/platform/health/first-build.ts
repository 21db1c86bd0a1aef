import { Injectable } from '@nestjs/common';

interface Progress {
  /** 0 to 1. */
  readonly share: number;
  readonly events: number;
  readonly secondsLeft?: number | undefined;
}

/** The build of the read models without which a process serves no query, for those who ask meanwhile. */
@Injectable()
export class FirstBuild {
  private present: Progress | undefined;
  private watcher: ((progress: Progress) => void) | undefined;
  private done: Promise<unknown> = Promise.resolve();

  /** Undefined while none is under way. */
  get progress(): Progress | undefined {
    return this.present;
  }

  during(work: (onProgress: (progress: Progress) => void) => Promise<unknown>): Promise<unknown> {
    this.present = { share: 0, events: 0 };
    const tell = (progress: Progress): void => {
      this.present = progress;
      this.watcher?.(progress);
    };
    return (this.done = work(tell).finally(() => (this.present = undefined)));
  }

  /** Resolves at its end, also where it fails. */
  async watch(watcher: (progress: Progress) => void): Promise<void> {
    this.watcher = watcher;
    await Promise.allSettled([this.done]);
  }
}
