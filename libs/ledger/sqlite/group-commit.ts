import type { DatabaseSync } from 'node:sqlite';
import type { CrashPoint } from '../../event-sourcing/crash-point.js';

interface Job {
  readonly work: () => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes that are asked for at the same time share one transaction, and so one sync of the disk, which is what a
 * write costs. Each is answered only once that sync is done.
 */
export class GroupCommit {
  private jobs: Job[] = [];
  private scheduled = false;

  constructor(
    private readonly database: DatabaseSync,
    private readonly name: 'ledger' | 'vault',
    private readonly crashPoint: CrashPoint,
  ) {}

  /** `work` runs inside the transaction. If it throws, or the commit fails, nothing of the group is kept. */
  async run<R>(work: () => R): Promise<R> {
    let result: { value: R } | undefined;
    await new Promise<void>((resolve, reject) => {
      this.jobs.push({ work: () => void (result = { value: work() }), resolve, reject });
      if (!this.scheduled) {
        this.scheduled = true;
        setImmediate(() => this.commit());
      }
    });
    if (result === undefined) throw new Error('A group was committed without one of its writes.');
    return result.value;
  }

  /** Commits at once what waits. */
  commit(): void {
    const group = this.jobs;
    this.jobs = [];
    this.scheduled = false;
    if (group.length === 0) return;
    try {
      this.database.exec('BEGIN IMMEDIATE');
      for (const job of group) job.work();
      this.crashPoint(`${this.name}: before commit`);
      this.database.exec('COMMIT');
    } catch (error) {
      for (const job of group) job.reject(error);
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      return;
    }
    this.crashPoint(`${this.name}: after commit, before answer`);
    for (const job of group) job.resolve();
  }
}
