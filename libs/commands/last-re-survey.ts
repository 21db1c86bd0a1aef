import { NothingLive, type ReadStore } from '../read-store/read-store.js';
import { asCorrected } from '../recovery/case/correction.js';
import type { RecordedEvent } from '../recovery/history.js';

/** The limit of cases of one person, newest first. */
const MOST = 100;

/** The cases of these customers, as the read models name them. */
export async function casesOf(reads: ReadStore, customers: readonly string[]): Promise<readonly string[]> {
  try {
    const sort = [{ field: 'openedAt', direction: 'desc' }] as const;
    const { documents } = await reads.find('cases', { filter: { customer: { $in: customers } }, sort, limit: MOST });
    return documents.map(({ id }) => id);
  } catch (error) {
    // Before the first build there is no case.
    if (error instanceof NothingLive) return [];
    throw error;
  }
}

/** When the customer of a case was last re-surveyed in it, unless that was withdrawn. */
export function lastReSurveyIn(events: readonly RecordedEvent[]): string | undefined {
  const sent = asCorrected(events).filter(({ type }) => type === 'ReSurveySent');
  return sent
    .map(({ occurredAt }) => occurredAt)
    .reduce((a, b) => (a !== undefined && a > b ? a : b), undefined as string | undefined);
}
