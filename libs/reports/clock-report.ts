import type { Document } from '../event-sourcing/projection.js';
import type { Filter } from '../filter/filter.js';
import type { GenerationChoice, ReadStore } from '../read-store/read-store.js';

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

export interface ClockReportAsked {
  readonly programme?: string;
  readonly by?: ClockReportBy;
  /** Which running clocks are overdue depends on when it is asked: UTC, ISO 8601. */
  readonly at: string;
  readonly generation?: GenerationChoice;
}

/** Figures are null where nothing is computed for the target: a source's verdicts stand alone then. */
export type ClockReportRow = {
  readonly target: string;
  /** Stopped clocks. */
  readonly met: number | null;
  readonly missed: number | null;
  /** Clocks that run or are held; those past due at the moment asked for are counted as overdue too. */
  readonly running: number | null;
  readonly overdue: number | null;
  readonly reportedMet: number;
  readonly reportedMissed: number;
  /** Stopped clocks whose verdict is not the one reported. */
  readonly disagreements: number | null;
} & { readonly [by in ClockReportBy]?: string | null };

/** How promises were kept, by target and one field more. */
export async function clockReport(
  reads: ReadStore,
  { programme, by = 'priority', at, generation = 'live' }: ClockReportAsked,
): Promise<{ rows: readonly ClockReportRow[] }> {
  const groups = await reads.group(
    'clocks',
    {
      ...(programme === undefined ? {} : { filter: { programme } }),
      by: ['target', by],
      counts: {
        computed: { state: { $ne: 'unattached' } },
        met: { met: true },
        missed: { met: false },
        running: { state: { $in: ['running', 'paused'] } },
        overdue: { state: { $in: ['running', 'paused'] }, breachedFrom: { $lt: at } },
        reportedMet: { reported: 'met' },
        reportedMissed: { reported: 'missed' },
        disagreements: { disagrees: true },
      },
    },
    generation,
  );
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

/** The stopped clocks whose verdict is not the one a source reported, page by page. */
export async function clockDisagreements(
  reads: ReadStore,
  {
    programme,
    target,
    after,
    limit = 100,
    generation = 'live',
  }: {
    readonly programme?: string;
    readonly target?: string;
    readonly after?: string;
    readonly limit?: number;
    readonly generation?: GenerationChoice;
  } = {},
): Promise<{ rows: readonly (Document & { readonly id: string })[]; next?: string }> {
  const filter: Filter = {
    disagrees: true,
    ...(programme === undefined ? {} : { programme }),
    ...(target === undefined ? {} : { target }),
  };
  const query = { filter, limit, ...(after === undefined ? {} : { after }) };
  const { documents, next } = await reads.find('clocks', query, generation);
  return { rows: documents, ...(next === undefined ? {} : { next }) };
}
