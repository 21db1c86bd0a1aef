import type { CaseDocument } from '../../libs/read-models/cases.js';
import type { ReadStore } from '../../libs/read-store/read-store.js';

/** Who owns the customer's latest case, if anything happened in it since then. Duplicates that were merged say nothing. */
export async function lastOwner(
  reads: Pick<ReadStore, 'find'>,
  customer: string,
  since: string,
): Promise<string | undefined> {
  const sort = [{ field: 'openedAt', direction: 'desc' }] as const;
  const filter = { customer, status: { $ne: 'merged' } };
  const { documents } = await reads.find('cases', { filter, sort, limit: 1 });
  const [latest] = documents as unknown as readonly CaseDocument[]; // it stores what it declares
  return latest !== undefined && latest.lastEventAt >= since ? (latest.owner ?? undefined) : undefined;
}
