import type { ChangedVerdict } from './changed-verdicts.js';

/** How many verdicts changed, and how. */
export interface Changes {
  readonly name: string;
  readonly count: number;
  /** Breached (missed or overdue) before, but not after. */
  readonly better: number;
  /** Breached after, but not before. */
  readonly worse: number;
}

/** A turn is such as "met > missed". */
export type ChangedBy = Readonly<Record<'target' | 'team' | 'reason' | 'turn', readonly Changes[]>>;

export interface Tallied {
  readonly count: number;
  readonly cases: number;
  readonly by: ChangedBy;
}

/** Counts changed verdicts by target, team, reason and turn. */
export class Tally {
  count = 0;
  cases = 0;
  #lastCase = '';
  readonly #by = { target: new Map(), team: new Map(), reason: new Map(), turn: new Map() } as Readonly<
    Record<keyof ChangedBy, Map<string, Changes>>
  >;

  /** Add verdicts in the order of clock ids: counting cases relies on it. */
  add({ case: id, target, team, from, to, why }: ChangedVerdict): void {
    this.count++;
    if (id !== this.#lastCase) this.cases++;
    this.#lastCase = id;
    const [was, is] = [isBreached(from), isBreached(to)];
    const names = { target, team: team ?? 'no team', reason: why.reason, turn: `${from} > ${to}` };
    const change = { count: 1, better: was && !is ? 1 : 0, worse: is && !was ? 1 : 0 };
    for (const [by, name] of Object.entries(names) as [keyof ChangedBy, string][]) this.#add(by, { name, ...change });
  }

  /** Adds what another tally counted of other cases. */
  merge({ count, cases, by }: Tallied): void {
    this.count += count;
    this.cases += cases;
    for (const [what, changes] of Object.entries(by) as [keyof ChangedBy, readonly Changes[]][])
      for (const more of changes) this.#add(what, more);
  }

  #add(by: keyof ChangedBy, { name, ...more }: Changes): void {
    const { count, better, worse } = this.#by[by].get(name) ?? { count: 0, better: 0, worse: 0 };
    const sums = { count: count + more.count, better: better + more.better, worse: worse + more.worse };
    this.#by[by].set(name, { name, ...sums });
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
