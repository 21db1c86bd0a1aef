import type { CaseEvent } from '../recovery/case/case.js';
import type { ClockEvent } from '../recovery/clocks/clock-events.js';
import type { RecordedEvent } from '../recovery/history.js';
import { RESPONSE_EVENTS, type ResponseEvent } from '../recovery/response/response-events.js';
import { CASE_EVENT_TYPES, caseOf } from './case-stream.js';
import type { ReadModel } from './inputs.js';

type Told = Extract<RecordedEvent, { type: CaseEvent['type'] | ClockEvent['type'] | ResponseEvent['type'] }>;

const RESPONSE = 'response-';

const keyOf = (event: RecordedEvent): string | undefined => {
  const ofCase = caseOf(event);
  if (ofCase !== undefined) return ofCase;
  if (event.type === 'TargetWarned' || event.type === 'TargetBreached') return event.data.case;
  return event.stream.startsWith(RESPONSE) ? event.stream : undefined;
};

const entryOf = (event: Told) => ({
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
  correctedBy: [] as readonly string[],
});

const begin = (event: Told) => ({
  about: event.stream.startsWith(RESPONSE) ? 'response' : 'case',
  programme: event.programme,
  customer: null as string | null,
  response: null as string | null,
  entries: [] as readonly Readonly<ReturnType<typeof entryOf>>[],
});

/** What happened, in the order in which it was recorded. A case's document names the response it came from. */
type TimelineDocument = Readonly<ReturnType<typeof begin>>;

function evolve(before: TimelineDocument | undefined, event: Told): TimelineDocument {
  const now = before ?? begin(event);
  const entries = [...now.entries, entryOf(event)];
  switch (event.type) {
    case 'CaseOpened':
    case 'ResponseReceived':
      return { ...now, customer: event.data.customer, response: event.data.response ?? null, entries };
    case 'EventCorrected': {
      const { corrects } = event.data;
      return {
        ...now,
        entries: entries.map((entry) =>
          entry.event === corrects ? { ...entry, correctedBy: [...entry.correctedBy, event.id] } : entry,
        ),
      };
    }
    default:
      return { ...now, entries };
  }
}

/** One document for each case and each response: every event of it, with corrections beside what they corrected. */
export const timeline: ReadModel<TimelineDocument> = {
  name: 'timeline',
  version: 2,
  reads: [],
  fields: { about: 'string', programme: 'string', customer: 'string', response: 'string' },
  indexes: [['customer']],
  key: keyOf,
  evolve: Object.fromEntries(
    [...CASE_EVENT_TYPES, 'TargetWarned', 'TargetBreached', ...RESPONSE_EVENTS.map(({ type }) => type)].map((type) => [
      type,
      evolve,
    ]),
  ),
};
