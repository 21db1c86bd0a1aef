import { stated } from '../event-sourcing/stated.js';
import type { ReadStore } from '../read-store/read-store.js';

export interface RepeatRow {
  readonly programme: string;
  readonly customers: number;
  readonly cases: number;
  /** Cases that came within so many days of the same customer's previous case. */
  readonly repeatsWithin30Days: number;
  readonly repeatsWithin90Days: number;
  /** Customers who had such a case. */
  readonly customersWithin30Days: number;
  readonly customersWithin90Days: number;
}

/** How often customers come back with another case. */
export async function repeatReport(
  reads: ReadStore,
  { programme }: { readonly programme?: string } = {},
): Promise<{ rows: readonly RepeatRow[] }> {
  const groups = await reads.group('customers', {
    filter: stated({ programme }),
    by: ['programme'],
    sums: { cases: 'cases', within30: 'repeatsWithin30Days', within90: 'repeatsWithin90Days' },
    counts: { some30: { repeatsWithin30Days: { $gt: 0 } }, some90: { repeatsWithin90Days: { $gt: 0 } } },
  });
  const rows = groups.map((group) => ({
    programme: String(group['programme']),
    customers: group.count,
    cases: Number(group['cases']),
    repeatsWithin30Days: Number(group['within30']),
    repeatsWithin90Days: Number(group['within90']),
    customersWithin30Days: Number(group['some30']),
    customersWithin90Days: Number(group['some90']),
  }));
  return { rows: rows.toSorted((a, b) => (a.programme < b.programme ? -1 : 1)) };
}
