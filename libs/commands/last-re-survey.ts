import { NothingLive, type ReadStore } from '../read-store/read-store.js';
import type { EventStore } from '../event-store/event-store.js';
import type { RecordedEvent } from '../recovery/history.js';
import { streamOf } from '../recovery/aggregates.js';

/** The most cases of one customer that are looked at, the newest first. */
const MOST = 100;

/**
 * When a customer was last asked again, in whatever case of theirs. Which cases they have, the read models say; when
 * they were asked, history itself.
 */
export async function lastReSurveyAt(
  { events, reads }: { readonly events: EventStore; readonly reads: ReadStore },
  customer: string,
): Promise<string | undefined> {
  let last: string | undefined;
  for (const id of await casesOf(reads, customer)) {
    const { events: recorded } = await events.readStream(streamOf('case', id));
    for (const { type, occurredAt } of recorded as readonly RecordedEvent[])
      if (type === 'ReSurveySent' && (last === undefined || occurredAt > last)) last = occurredAt;
  }
  return last;
}

async function casesOf(reads: ReadStore, customer: string): Promise<readonly string[]> {
  try {
    const sort = [{ field: 'openedAt', direction: 'desc' }] as const;
    const { documents } = await reads.find('cases', { filter: { customer }, sort, limit: MOST });
    return documents.map(({ id }) => id);
  } catch (error) {
    // Before the first build there is nothing that anybody could have been asked about.
    if (error instanceof NothingLive) return [];
    throw error;
  }
}
