import type { Filter } from '../filter/filter.js';
import type { GenerationChoice, Group, ReadStore } from '../read-store/read-store.js';

export const CAUSE_LEVELS = [1, 2, 3, 4] as const;
export type CauseLevel = (typeof CAUSE_LEVELS)[number];

/** As the rules read causes now, as they were recorded last, or as they were recorded first. */
export const CAUSE_READINGS = ['read', 'recorded', 'first'] as const;
export type CauseReading = (typeof CAUSE_READINGS)[number];

export interface RootCausesAsked {
  readonly level?: CauseLevel;
  readonly as?: CauseReading;
  readonly programme?: string;
  readonly team?: string;
  readonly touchpoint?: string;
  readonly product?: string;
  /** A month such as 2031-05, by the opening of the case. */
  readonly month?: string;
  readonly generation?: GenerationChoice;
}

export interface RootCauseRow {
  /** From the coarsest level to the one asked for. */
  readonly cause: readonly string[];
  readonly count: number;
  /** 0 to 1, of all cases with a cause; then of this and all rows above it. */
  readonly share: number;
  readonly cumulativeShare: number;
}

const FIELDS: Readonly<Record<CauseReading, string>> = { read: 'level', recorded: 'recorded', first: 'first' };

/** Pareto: the most frequent causes first. */
export async function rootCauseReport(
  reads: ReadStore,
  { level = 1, as = 'read', generation = 'live', ...where }: RootCausesAsked = {},
): Promise<{ rows: readonly RootCauseRow[]; total: number }> {
  const by = CAUSE_LEVELS.filter((one) => one <= level).map((one) => `${FIELDS[as]}${one}`);
  const groups = await reads.group('root_causes', { filter: filterOf(where), by }, generation);
  const total = groups.reduce((sum, { count }) => sum + count, 0);
  let so = 0;
  const rows = groups
    .map((group) => ({ cause: causeOf(group, by), count: group.count }))
    .toSorted((a, b) => b.count - a.count || (a.cause.join('\n') < b.cause.join('\n') ? -1 : 1))
    .map(({ cause, count }) => ({ cause, count, share: count / total, cumulativeShare: (so += count) / total }));
  return { rows, total };
}

const causeOf = (group: Group, by: readonly string[]): readonly string[] =>
  by.flatMap((field) => (typeof group[field] === 'string' ? [group[field]] : []));

const filterOf = (where: Omit<RootCausesAsked, 'level' | 'as' | 'generation'>): Filter =>
  Object.fromEntries(Object.entries(where).filter(([, value]) => value !== undefined));
