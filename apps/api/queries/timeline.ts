import type { EventStore } from '../../../libs/event-store/event-store.js';
import { streamOf, type AggregateName } from '../../../libs/recovery/aggregates.js';
import type { RecordedEvent } from '../../../libs/recovery/history.js';

type History = Pick<EventStore, 'readStream'>;

const entryOf = (event: RecordedEvent, corrections: ReadonlyMap<string, readonly string[]>) => ({
  event: event.id,
  type: event.type,
  stream: event.stream,
  revision: event.revision,
  occurredAt: event.occurredAt,
  knownAt: event.knownAt,
  recordedAt: event.recordedAt,
  by: event.actor.id,
  role: event.actor.role,
  imported: event.imported ?? false,
  /** What was said, personal fields still sealed. */
  said: event.data,
  /** Ids of the events that corrected this one. */
  correctedBy: corrections.get(event.id) ?? [],
});

/** What happened to a case, as its streams hold it: no read model stores it a second time. */
export async function timelineOf(history: History, id: string) {
  const [ofCase, ofClocks] = await Promise.all([read(history, 'case', id), read(history, 'clock', id)]);
  const opened = ofCase.findLast((event) => event.type === 'CaseOpened');
  const response = opened?.data.response ?? null;
  // An import may name a response that it did not bring.
  const ofResponse = response === null ? [] : await read(history, 'response', response);
  const own = [...ofCase, ...ofClocks].toSorted((a, b) => (a.position < b.position ? -1 : 1));
  return {
    about: 'case' as const,
    programme: ofCase[0]?.programme ?? null,
    customer: opened?.data.customer ?? null,
    response,
    /** In the order in which it was recorded, first what happened to the response. */
    entries: [...entriesOf(ofResponse), ...entriesOf(own)],
  };
}

const read = async (history: History, aggregate: AggregateName, id: string): Promise<readonly RecordedEvent[]> =>
  (await history.readStream(streamOf(aggregate, id))).events as readonly RecordedEvent[];

function entriesOf(events: readonly RecordedEvent[]) {
  const corrections = new Map<string, readonly string[]>();
  for (const { type, data, id } of events)
    if (type === 'EventCorrected') corrections.set(data.corrects, [...(corrections.get(data.corrects) ?? []), id]);
  return events.map((event) => entryOf(event, corrections));
}
