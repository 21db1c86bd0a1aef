import type { ChangedVerdict } from './changed-verdicts.js';

/** How many verdicts changed, and to what. */
export interface Changes {
  readonly name: string;
  readonly count: number;
  /** Breached before, and not after: missed or overdue. */
  readonly better: number;
  /** Not breached before, and breached after. */
  readonly worse: number;
}

export interface ChangedBy {
  readonly target: readonly Changes[];
  readonly team: readonly Changes[];
  readonly reason: readonly Changes[];
  /** Such as "met > missed". */
  readonly turn: readonly Changes[];
}

export interface Tallied {
  readonly count: number;
  readonly cases: number;
  readonly by: ChangedBy;
}

/** Counts changed verdicts by what a reader asks for first. */
export class Tally {
  count = 0;
  cases = 0;
  #lastCase = '';
  readonly #by = { target: new Map(), team: new Map(), reason: new Map(), turn: new Map() } as Readonly<
    Record<keyof ChangedBy, Map<string, { name: string; count: number; better: number; worse: number }>>
  >;

  /** In the order of clock ids, which begin with their case's. */
  add({ case: id, target, team, from, to, why }: ChangedVerdict): void {
    this.count++;
    if (id !== this.#lastCase) this.cases++;
    this.#lastCase = id;
    const [was, is] = [isBreached(from), isBreached(to)];
    const names = { target, team: team ?? 'no team', reason: why.reason, turn: `${from} > ${to}` };
    for (const [by, name] of Object.entries(names) as [keyof ChangedBy, string][]) {
      const row = this.#by[by].get(name) ?? { name, count: 0, better: 0, worse: 0 };
      row.count++;
      if (was && !is) row.better++;
      if (is && !was) row.worse++;
      this.#by[by].set(name, row);
    }
  }

  /** What another counted, of other cases. */
  merge({ count, cases, by }: Tallied): void {
    this.count += count;
    this.cases += cases;
    for (const [what, changes] of Object.entries(by) as [keyof ChangedBy, readonly Changes[]][])
      for (const { name, ...more } of changes) {
        const row = this.#by[what].get(name) ?? { name, count: 0, better: 0, worse: 0 };
        row.count += more.count;
        row.better += more.better;
        row.worse += more.worse;
        this.#by[what].set(name, row);
      }
  }

  /** The most frequent first. */
  result(): Tallied {
    const sorted = (by: keyof ChangedBy): readonly Changes[] =>
      [...this.#by[by].values()].toSorted((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
    const by = { target: sorted('target'), team: sorted('team'), reason: sorted('reason'), turn: sorted('turn') };
    return { count: this.count, cases: this.cases, by };
  }
}

const isBreached = (verdict: ChangedVerdict['from']): boolean => verdict === 'missed' || verdict === 'overdue';
