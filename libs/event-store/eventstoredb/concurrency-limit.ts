/**
 * Limits concurrent appends. The time in the queue doesn't count towards the deadline while the server answers others,
 * because an import sends more at once than a server answers within it.
 */
export class ConcurrencyLimit {
  private readonly waiting: (() => void)[] = [];
  private answeredAt = 0;

  constructor(
    private free: number,
    private readonly deadlineMs: number,
  ) {}

  /** @throws Error when the server answered nobody for `deadlineMs` */
  async enter(): Promise<void> {
    if (this.free > 0) {
      this.free--;
      return;
    }
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, reject) => {
      const since = Date.now();
      const admit = (): void => resolve();
      const check = (): void => {
        const left = Math.max(since, this.answeredAt) + this.deadlineMs - Date.now();
        if (left > 0) {
          timer = setTimeout(check, left);
          return;
        }
        this.waiting.splice(this.waiting.indexOf(admit), 1);
        reject(new Error(`no answer to earlier appends in ${this.deadlineMs} ms`));
      };
      this.waiting.push(admit);
      timer = setTimeout(check, this.deadlineMs);
    }).finally(() => clearTimeout(timer));
  }

  answered(): void {
    this.answeredAt = Date.now();
  }

  leave(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.free++;
    else next();
  }
}
