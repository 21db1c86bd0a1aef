/** A line of the table: our figure, the figure to compare with, and the ratio to reach. */
export interface Figure {
  readonly what: string;
  readonly unit: string;
  /** One value for each run, of ours and of the floor or peer, measured in turn. */
  readonly ours: readonly number[];
  readonly against?: { readonly name: string; readonly values: readonly number[] };
  /** The least value of `ours / against`, or of `ours` itself. */
  readonly reach?: { readonly ratio: number } | { readonly atLeast: number } | { readonly atMost: number };
  readonly note?: string;
}

export interface Size {
  readonly quick: boolean;
  /** The number of runs; the table shows median, min and max. */
  readonly runs: number;
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? (sorted[middle] ?? NaN) : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
};

/** The ratio run by run, because the machine's speed drifts. */
export const ratios = (figure: Figure): readonly number[] =>
  (figure.against?.values ?? []).map((value, run) => (figure.ours[run] ?? NaN) / value);

/** The value to compare with the reach: the median ratio of the runs, or the figure itself. */
export function reached(figure: Figure): { value: number; ok: boolean } | undefined {
  if (!figure.reach) return undefined;
  if ('ratio' in figure.reach) {
    const value = median(ratios(figure));
    return { value, ok: value >= figure.reach.ratio };
  }
  const value = median(figure.ours);
  return { value, ok: 'atLeast' in figure.reach ? value >= figure.reach.atLeast : value <= figure.reach.atMost };
}

/** Calls `once` for about `ms` and resolves to calls a second. */
export async function rate(ms: number, once: (n: number) => unknown): Promise<number> {
  const started = performance.now();
  let n = 0;
  let elapsed: number;
  do {
    await once(n++);
    elapsed = performance.now() - started;
  } while (elapsed < ms);
  return (n / elapsed) * 1000;
}

/** As `rate`, for calls too short to await each. */
export function syncRate(ms: number, once: (n: number) => unknown): number {
  const started = performance.now();
  let n = 0;
  let elapsed: number;
  do {
    for (let i = 0; i < 64; i++) once(n++);
    elapsed = performance.now() - started;
  } while (elapsed < ms);
  return (n / elapsed) * 1000;
}

/** Runs both in turn, after a warm-up that doesn't count. */
export async function inTurn(
  runs: number,
  ours: () => Promise<number> | number,
  against: () => Promise<number> | number,
): Promise<{ ours: number[]; against: number[] }> {
  const values = { ours: [] as number[], against: [] as number[] };
  for (let run = -1; run < runs; run++) {
    const mine = await ours();
    const theirs = await against();
    if (run < 0) continue;
    values.ours.push(mine);
    values.against.push(theirs);
  }
  return values;
}

/**
 * The processor time of this process for each of `count` operations: median microseconds by name. Other work on the
 * machine changes it less than a rate.
 */
export class ProcessorUsed {
  private readonly by = new Map<string, number[]>();

  constructor(private readonly count: number) {}

  async during<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = process.cpuUsage();
    const done = await work();
    const { user, system } = process.cpuUsage(before);
    this.by.set(name, [...(this.by.get(name) ?? []), (user + system) / this.count]);
    return done;
  }

  /** Without the first, which is the warm-up. */
  of(name: string): string {
    return median((this.by.get(name) ?? []).slice(1)).toFixed(1);
  }
}
