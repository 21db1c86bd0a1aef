import { NothingLive, type ReadStore } from '../read-store/read-store.js';
import type { EventStore } from '../event-store/event-store.js';
import type { RecordedEvent } from '../recovery/history.js';
import { streamOf } from '../recovery/aggregates.js';

/** The limit of cases of one person that it reads, newest first. */
const MOST = 100;

/**
 * Finds the last re-survey of these customers, who are one person, in any of their cases. The read models name the cases; history has the surveys.
 */
export async function lastReSurveyAt(
  { events, reads }: { readonly events: EventStore; readonly reads: ReadStore },
  customers: readonly string[],
): Promise<string | undefined> {
  let last: string | undefined;
  for (const id of await casesOf(reads, customers)) {
    const { events: recorded } = await events.readStream(streamOf('case', id));
    for (const { type, occurredAt } of recorded as readonly RecordedEvent[])
      if (type === 'ReSurveySent' && (last === undefined || occurredAt > last)) last = occurredAt;
  }
  return last;
}

async function casesOf(reads: ReadStore, customers: readonly string[]): Promise<readonly string[]> {
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
