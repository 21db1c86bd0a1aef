import { stated } from '../event-sourcing/stated.js';
import type { Group, ReadStore } from '../read-store/read-store.js';

export const CAUSE_LEVELS = [1, 2, 3, 4] as const;
export type CauseLevel = (typeof CAUSE_LEVELS)[number];

/** Causes as the rules map them now, as recorded last, or as recorded first. */
export const CAUSE_READINGS = ['read', 'recorded', 'first'] as const;
export type CauseReading = (typeof CAUSE_READINGS)[number];

export interface RootCausesRequest {
  readonly level?: CauseLevel;
  readonly as?: CauseReading;
  readonly programme?: string;
  readonly team?: string;
  readonly touchpoint?: string;
  readonly product?: string;
  /** The month in which the case was opened, such as 2031-05. */
  readonly month?: string;
}

export interface CauseCount {
  /** From the coarsest level to the finest. */
  readonly cause: readonly string[];
  readonly count: number;
}

export interface RootCauseRow extends CauseCount {
  /** 0 to 1, of all cases with a cause: this row alone, and this row with all rows above it. */
  readonly share: number;
  readonly cumulativeShare: number;
}

const FIELDS: Readonly<Record<CauseReading, string>> = { read: 'level', recorded: 'recorded', first: 'first' };

/** Pareto: the most frequent causes first. */
export async function rootCauseReport(
  reads: ReadStore,
  { level = 1, as = 'read', ...where }: RootCausesRequest = {},
): Promise<{ rows: readonly RootCauseRow[]; total: number }> {
  const by = CAUSE_LEVELS.filter((one) => one <= level).map((one) => `${FIELDS[as]}${one}`);
  const groups = await reads.group('root_causes', { filter: stated(where), by });
  const total = groups.reduce((sum, { count }) => sum + count, 0);
  let so = 0;
  const rows = causesOf(groups, by).map(({ cause, count }) => ({
    cause,
    count,
    share: count / total,
    cumulativeShare: (so += count) / total,
  }));
  return { rows, total };
}

/** The most frequent first. */
export const causesOf = (groups: readonly Group[], by: readonly string[]): readonly CauseCount[] =>
  groups
    .map((group) => ({
      cause: by.flatMap((field) => (typeof group[field] === 'string' ? [group[field]] : [])),
      count: group.count,
    }))
    .toSorted((a, b) => b.count - a.count || (a.cause.join('\n') < b.cause.join('\n') ? -1 : 1));
