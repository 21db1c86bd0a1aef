import type { Document } from '../event-sourcing/projection.js';
import { stated } from '../event-sourcing/stated.js';
import type { GroupQuery, ReadStore } from '../read-store/read-store.js';

export const CLOCK_REPORT_BY = [
  'priority',
  'team',
  'owner',
  'kind',
  'touchpoint',
  'product',
  'programme',
  'ruleSet',
] as const;
export type ClockReportBy = (typeof CLOCK_REPORT_BY)[number];

export interface ClockReportRequest {
  readonly programme?: string;
  readonly by?: ClockReportBy;
  /** The moment at which running clocks are overdue or not: UTC, ISO 8601. */
  readonly at: string;
}

/** Figures are null for a target that only its source reports on. */
export type ClockReportRow = {
  readonly target: string;
  /** Stopped clocks. */
  readonly met: number | null;
  readonly missed: number | null;
  /** Running and paused clocks; `overdue` counts those of them past due. */
  readonly running: number | null;
  readonly overdue: number | null;
  readonly reportedMet: number;
  readonly reportedMissed: number;
  /** Stopped clocks whose verdict differs from the reported one. */
  readonly disagreements: number | null;
} & { readonly [by in ClockReportBy]?: string | null };

/** The counts of clocks by verdict and state, at a moment. */
export const clockCounts = (at: string) =>
  ({
    met: { met: true },
    missed: { met: false },
    running: { state: { $in: ['running', 'paused'] } },
    overdue: { state: { $in: ['running', 'paused'] }, breachedFrom: { $lt: at } },
  }) satisfies GroupQuery['counts'];

/** Kept and broken promises, by target and one other field. */
export async function clockReport(
  reads: ReadStore,
  { programme, by = 'priority', at }: ClockReportRequest,
): Promise<{ rows: readonly ClockReportRow[] }> {
  const groups = await reads.group('clocks', {
    filter: stated({ programme }),
    by: ['target', by],
    counts: {
      computed: { state: { $ne: 'unattached' } },
      ...clockCounts(at),
      reportedMet: { reported: 'met' },
      reportedMissed: { reported: 'missed' },
      disagreements: { disagrees: true },
    },
  });
  const rows = groups.map((group): ClockReportRow => {
    const figure = (name: string): number | null => (Number(group['computed']) === 0 ? null : Number(group[name]));
    return {
      target: String(group['target']),
      [by]: group[by] ?? null,
      met: figure('met'),
      missed: figure('missed'),
      running: figure('running'),
      overdue: figure('overdue'),
      reportedMet: Number(group['reportedMet']),
      reportedMissed: Number(group['reportedMissed']),
      disagreements: figure('disagreements'),
    };
  });
  const order = (row: ClockReportRow): string => `${row.target}\n${row[by] ?? ''}`;
  return { rows: rows.toSorted((a, b) => (order(a) < order(b) ? -1 : 1)) };
}

interface DisagreementsRequest {
  readonly programme?: string;
  readonly target?: string;
  readonly after?: string;
  readonly limit?: number;
}

/** The stopped clocks whose verdict differs from the one a source reported, page by page. */
export async function clockDisagreements(
  reads: ReadStore,
  { programme, target, after, limit = 100 }: DisagreementsRequest = {},
): Promise<{ rows: readonly (Document & { readonly id: string })[]; next?: string }> {
  const filter = stated({ disagrees: true, programme, target });
  const { documents, next } = await reads.find('clocks', stated({ filter, limit, after }));
  return stated({ rows: documents, next });
}
