import { stated } from '../event-sourcing/stated.js';
import { repeats, type JoinedDocument } from '../read-models/customers.js';
import { allPages } from '../read-store/all-pages.js';
import type { ReadStore } from '../read-store/read-store.js';
import { allWhoAre } from '../recovery/customer/joined-customers.js';
import { instant } from '../recovery/fast/instants.js';

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

/** How often customers come back with another case. Those whom an operator says to be one person count as one. */
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
  const joined = Map.groupBy(await joinedCustomers(reads, programme), (document) => String(document.programme));
  const rows = groups.map((group): RepeatRow => {
    const counted = {
      programme: String(group['programme']),
      customers: group.count,
      cases: Number(group['cases']),
      repeatsWithin30Days: Number(group['within30']),
      repeatsWithin90Days: Number(group['within90']),
      customersWithin30Days: Number(group['some30']),
      customersWithin90Days: Number(group['some90']),
    };
    return people(joined.get(counted.programme) ?? []).reduce(asOne, counted);
  });
  return { rows: rows.toSorted((a, b) => (a.programme < b.programme ? -1 : 1)) };
}

async function joinedCustomers(reads: ReadStore, programme?: string): Promise<readonly JoinedDocument[]> {
  const all: JoinedDocument[] = [];
  for await (const page of allPages(reads, 'customers', { filter: stated({ joined: true, programme }) }))
    all.push(...(page as unknown as readonly JoinedDocument[]));
  return all;
}

/** The documents of each person who has several. */
function people(documents: readonly JoinedDocument[]): readonly (readonly JoinedDocument[])[] {
  const says = new Map(documents.map(({ customer, joinedWith }) => [String(customer), joinedWith ?? []]));
  const person = ({ customer }: JoinedDocument): string => allWhoAre(String(customer), says).toSorted().join();
  return [...Map.groupBy(documents, person).values()].filter((of) => of.length > 1);
}

/** The row with these customers counted as one. Their cases stay as many. */
function asOne(row: RepeatRow, of: readonly JoinedDocument[]): RepeatRow {
  const openings = of.flatMap((one) => (one.openings ?? []).map(instant)).sort((a, b) => a - b);
  const [now30, now90] = [repeats(openings, 30), repeats(openings, 90)];
  const sum = (count: (one: JoinedDocument) => number | null): number =>
    of.reduce((total, one) => total + (count(one) ?? 0), 0);
  const some = (count: number | null): number => ((count ?? 0) > 0 ? 1 : 0);
  return {
    ...row,
    customers: row.customers - of.length + 1,
    repeatsWithin30Days: row.repeatsWithin30Days - sum((one) => one.repeatsWithin30Days) + now30,
    repeatsWithin90Days: row.repeatsWithin90Days - sum((one) => one.repeatsWithin90Days) + now90,
    customersWithin30Days: row.customersWithin30Days - sum((one) => some(one.repeatsWithin30Days)) + some(now30),
    customersWithin90Days: row.customersWithin90Days - sum((one) => some(one.repeatsWithin90Days)) + some(now90),
  };
}
