import { median, type Figure } from '../measure.js';

/** What should be constant may grow by a fifth. */
const AT_MOST = 1.2;

const say = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 3 });

/** What each path costs at each size of what grows, run by run. */
export class Factors {
  private readonly costs = new Map<string, Map<number, number[]>>();

  /** @param grows such as "events of history" */
  constructor(
    private readonly sizes: readonly number[],
    private readonly grows: string,
  ) {}

  /** The first run of a path is its warm-up. */
  note(path: string, size: number, cost: number): void {
    const bySize = this.costs.get(path) ?? new Map<number, number[]>();
    this.costs.set(path, bySize.set(size, [...(bySize.get(size) ?? []), cost]));
  }

  /** Notes the microseconds of the processor that each of `count` operations takes. */
  async measure(path: string, size: number, count: number, once: (n: number) => Promise<unknown>): Promise<void> {
    const before = process.cpuUsage();
    for (let n = 0; n < count; n++) await once(n);
    const { user, system } = process.cpuUsage(before);
    this.note(path, size, (user + system) / count);
  }

  /** The cost at the largest size, as a multiple of that at the smallest. */
  figures(): Figure[] {
    const [smallest = 0, largest = 0] = [this.sizes[0], this.sizes.at(-1)];
    return [...this.costs].map(([path, bySize]) => {
      const of = (size: number): readonly number[] => (bySize.get(size) ?? []).slice(1);
      const costs = this.sizes.map((size) => `${say(median(of(size)))} us at ${size.toLocaleString('en')}`);
      return {
        what: `${path}, ${smallest.toLocaleString('en')} to ${largest.toLocaleString('en')} ${this.grows}`,
        unit: 'times as much',
        ours: of(largest).map((cost, run) => cost / (of(smallest)[run] ?? NaN)),
        reach: { atMost: AT_MOST },
        note: costs.join(', '),
      };
    });
  }
}
