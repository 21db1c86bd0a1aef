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
}

/**
 * Writes that are asked for in one turn of the event loop share one transaction, and so one sync of the disk, which is
 * what a write costs. Each is answered only once that sync is done.
 */
export class GroupCommit {
  private queue: Write[] = [];

  /** @param commit does the work of a group in one transaction, and returns when it is on the disk */
  constructor(
    private readonly commit: (work: () => void) => void,
    private readonly options: GroupCommitOptions = {},
  ) {}

  /** `work` runs inside the transaction. If that fails, nothing of the work is kept. */
  run<R>(work: () => R, size = 1): Promise<R> {
    return new Promise((resolve, refuse) => {
      let result: R;
      if (this.queue.length === 0) setImmediate(() => this.flush());
      this.queue.push({ size, work: () => (result = work()), answer: () => resolve(result), refuse });
    });
  }

  /** Commits at once what waits. */
  flush(): void {
    const { most = Infinity } = this.options;
    while (this.queue.length > 0) {
      let size = 0;
      const end = this.queue.findIndex((write) => (size += write.size) > most);
      this.commitGroup(this.queue.splice(0, end === -1 ? this.queue.length : Math.max(1, end)));
    }
  }

  private commitGroup(group: readonly Write[]): void {
    try {
      this.commit(() => {
        for (const { work } of group) work();
      });
    } catch (error) {
      if (group.length > 1 && this.options.mayBeOneOf?.(error)) for (const write of group) this.commitGroup([write]);
      else for (const { refuse } of group) refuse(error);
      return;
    }
    for (const { answer } of group) answer();
  }
}
