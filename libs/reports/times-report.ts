import { stated } from '../event-sourcing/stated.js';
import type { Filter } from '../filter/filter.js';
import type { ReadStore } from '../read-store/read-store.js';

export const TIMES_BY = ['priority', 'team', 'owner', 'kind', 'touchpoint', 'product', 'month', 'programme'] as const;
export type TimesBy = (typeof TIMES_BY)[number];
export const TIMED = ['alert', 'acknowledge', 'firstContact', 'resolve', 'approve'] as const;

export interface TimesRequest {
  readonly programme?: string;
  readonly by?: TimesBy;
}

/** Milliseconds; null if no case reached the step. */
export interface Spread {
  readonly mean: number | null;
  readonly median: number | null;
  readonly p90: number | null;
}

export type TimesRow = {
  readonly step: (typeof TIMED)[number];
  readonly count: number;
  readonly wall: Spread;
  readonly working: Spread;
} & { readonly [by in TimesBy]?: string | null };

/** How long cases took from their opening to each step. */
export async function timesReport(
  reads: ReadStore,
  { programme, by = 'priority' }: TimesRequest = {},
): Promise<{ rows: readonly TimesRow[] }> {
  const ofProgramme = stated({ programme });
  const groups = await reads.group('times', { filter: ofProgramme, by: [by] });
  const rows: TimesRow[] = [];
  for (const group of groups) {
    const filter: Filter = { ...ofProgramme, [by]: group[by] ?? null };
    for (const step of TIMED) {
      const wall = await spread(reads, `${step}WallMs`, filter);
      const working = await spread(reads, `${step}WorkingMs`, filter);
      rows.push({ [by]: group[by] ?? null, step, count: wall.count, wall: wall.spread, working: working.spread });
    }
  }
  const order = (row: TimesRow): string => String(row[by] ?? '');
  return { rows: rows.toSorted((a, b) => (order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : 0)) };
}

/** The store counts how often each duration occurs. */
async function spread(reads: ReadStore, field: string, filter: Filter): Promise<{ count: number; spread: Spread }> {
  const groups = await reads.group('times', { filter: { ...filter, [field]: { $ne: null } }, by: [field] });
  const values = groups
    .map((group) => ({ ms: Number(group[field]), count: group.count }))
    .toSorted((a, b) => a.ms - b.ms);
  const count = values.reduce((sum, value) => sum + value.count, 0);
  if (count === 0) return { count, spread: { mean: null, median: null, p90: null } };
  const at = (place: number): number => {
    let before = 0;
    for (const value of values) if ((before += value.count) > place) return value.ms;
    return values.at(-1)?.ms ?? 0;
  };
  // Interpolates between the two nearest ranks, like PERCENTILE.INC in spreadsheets.
  const quantile = (share: number): number => {
    const place = share * (count - 1);
    const below = at(Math.floor(place));
    return below + (at(Math.ceil(place)) - below) * (place - Math.floor(place));
  };
  const mean = values.reduce((sum, value) => sum + value.ms * value.count, 0) / count;
  return { count, spread: { mean, median: quantile(0.5), p90: quantile(0.9) } };
}
