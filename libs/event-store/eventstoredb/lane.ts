/**
 * Lets so many through at a time. The time that one waits for its turn is not held against the server, as long as it
 * answers others: an import sends more at once than any server answers within a deadline.
 */
export class Lane {
  private readonly waiting: (() => void)[] = [];
  private answeredAt = 0;

  constructor(
    private free: number,
    private readonly deadlineMs: number,
  ) {}

  /** Resolves when it is one's turn. @throws Error when no answer came to anybody for so long */
  async enter(): Promise<void> {
    if (this.free > 0) {
      this.free--;
      return;
    }
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, refuse) => {
      const since = Date.now();
      const turn = (): void => resolve();
      const look = (): void => {
        const left = Math.max(since, this.answeredAt) + this.deadlineMs - Date.now();
        if (left > 0) {
          timer = setTimeout(look, left);
          return;
        }
        this.waiting.splice(this.waiting.indexOf(turn), 1);
        refuse(new Error(`no answer to what was sent before, in ${this.deadlineMs} ms`));
      };
      this.waiting.push(turn);
      timer = setTimeout(look, this.deadlineMs);
    }).finally(() => clearTimeout(timer));
  }

  /** The server said something to somebody. */
  answered(): void {
    this.answeredAt = Date.now();
  }

  leave(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.free++;
    else next();
  }
}
