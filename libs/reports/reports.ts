import type { ReadStore } from '../read-store/read-store.js';
import { clockDisagreements, clockReport } from './clock-report.js';
import { funnelReport } from './funnel-report.js';
import { repeatReport } from './repeat-report.js';
import { rootCauseReport } from './root-cause-report.js';
import { timesReport } from './times-report.js';

const REPORTS = {
  clocks: clockReport,
  disagreements: clockDisagreements,
  funnel: funnelReport,
  'root-causes': rootCauseReport,
  times: timesReport,
  repeats: repeatReport,
};

export type ReportName = keyof typeof REPORTS;

/** A report's name and its query, as plain data that can go to another thread. */
export type ReportRequest = {
  readonly [N in ReportName]: { readonly report: N; readonly asked: NonNullable<Parameters<(typeof REPORTS)[N]>[1]> };
}[ReportName];

export const askReport = (reads: ReadStore, { report, asked }: ReportRequest): Promise<object> =>
  // No type can tie the name to its query through a table.
  (REPORTS[report] as (reads: ReadStore, asked: ReportRequest['asked']) => Promise<object>)(reads, asked);
