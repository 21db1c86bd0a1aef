import type { Sync } from './log-sync.js';

interface Write {
  readonly size: number;
  readonly work: () => void;
  readonly answer: () => void;
  readonly refuse: (error: unknown) => void;
}

export interface GroupCommitOptions {
  /** The most that a group holds, in the sizes of its writes; one write may be larger. Default: no limit. */
  readonly most?: number;
  /** True where one write may be at fault, so that each of the group is tried alone. Default: they fail together. */
  readonly mayBeOneOf?: (error: unknown) => boolean;
  /** Where the commit does not sync by itself. */
  readonly sync?: Sync | undefined;
  /** Called when a sync has ended, before its writes are answered. If it throws, they are refused. Default: throws the error. */
  readonly acknowledge?: (error?: unknown) => void;
}

/**
 * Writes share a transaction, and so a sync of the disk, which is what a write costs: those of one turn of the event loop,
 * and those that come while the sync before runs on another thread. Each is answered only once its sync is done.
 */
export class GroupCommit {
  private queue: Write[] = [];
  /** Committed; their sync runs. */
  private underWay: readonly Write[] = [];
  /** A turn or a sync will take what is in the queue. */
  private hasBegun = false;
  private syncing: PromiseWithResolvers<void> | undefined;

  /** @param commit does the work of a group in one transaction */
  constructor(
    private readonly commit: (work: () => void) => void,
    private readonly options: GroupCommitOptions = {},
  ) {}

  /** `work` runs inside the transaction. If that fails, nothing of the work is kept. */
  run<R>(work: () => R, size = 1): Promise<R> {
    return new Promise((resolve, refuse) => {
      let result: R;
      this.queue.push({ size, work: () => (result = work()), answer: () => resolve(result), refuse });
      if (!this.hasBegun) this.begin();
    });
  }

  /** Resolves once what is committed is on the disk; at once if it is. */
  async synced(): Promise<void> {
    await this.syncing?.promise;
  }

  /** Commits what waits. Resolves once it is on the disk and answered. */
  async flush(): Promise<void> {
    while (this.queue.length > 0 || this.syncing !== undefined) {
      if (this.syncing === undefined) this.turn();
      await this.synced();
    }
  }

  private begin(): void {
    this.hasBegun = true;
    setImmediate(() => this.turn());
  }

  private turn(): void {
    const { sync } = this.options;
    if (this.syncing !== undefined) return;
    this.underWay = this.commitAll();
    // A write that is alone has nobody to hold up, and waits least this way.
    if (sync === undefined || this.underWay.length <= 1)
      this.end(this.underWay.length > 0 ? failureOf(sync) : undefined);
    else {
      this.syncing = Promise.withResolvers();
      sync.later((error) => this.end(error ?? undefined));
    }
  }

  private end(error: unknown): void {
    const { acknowledge = throwIt } = this.options;
    const { underWay, syncing } = this;
    this.underWay = [];
    this.syncing = undefined;
    this.hasBegun = false;
    if (underWay.length > 0) {
      try {
        acknowledge(error);
        for (const { answer } of underWay) answer();
      } catch (refusal) {
        for (const { refuse } of underWay) refuse(refusal);
      }
    }
    syncing?.resolve();
    if (this.queue.length > 0) this.begin();
  }

  /** In groups. Returns the writes that were committed; the others are refused. */
  private commitAll(): readonly Write[] {
    const { most = Infinity } = this.options;
    const committed: Write[] = [];
    while (this.queue.length > 0) {
      let size = 0;
      const end = this.queue.findIndex((write) => (size += write.size) > most);
      committed.push(...this.commitGroup(this.queue.splice(0, end === -1 ? this.queue.length : Math.max(1, end))));
    }
    return committed;
  }

  private commitGroup(group: readonly Write[]): readonly Write[] {
    try {
      this.commit(() => {
        for (const { work } of group) work();
      });
      return group;
    } catch (error) {
      if (group.length > 1 && this.options.mayBeOneOf?.(error))
        return group.flatMap((write) => this.commitGroup([write]));
      for (const { refuse } of group) refuse(error);
      return [];
    }
  }
}

const failureOf = (sync: Sync | undefined): unknown => {
  try {
    sync?.now();
    return undefined;
  } catch (error) {
    return error;
  }
};

const throwIt = (error?: unknown): void => {
  if (error !== undefined) throw error;
};
