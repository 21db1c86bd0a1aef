import type { Recorded } from '../event-sourcing/event.js';
import { CASE_FACT_FIELDS } from '../recovery/case/case-facts.js';
import { caseAsRead, changesReading } from '../recovery/case/case-reading.js';
import { CASE_EVENTS, type CaseEvent } from '../recovery/case/case.js';
import type { RecordedEvent } from '../recovery/history.js';

const PREFIX = 'case-';

/** The case that an event of a case's own stream is about. */
export const caseOf = ({ stream }: Pick<RecordedEvent, 'stream'>): string | undefined =>
  stream.startsWith(PREFIX) ? stream.slice(PREFIX.length) : undefined;

/** Reads a case as corrected and in the order in which things happened, and other streams as they were recorded. */
export const readingOfCase = {
  on: ['EventCorrected'] as const,
  asRead: <E extends RecordedEvent>(events: readonly E[]): readonly E[] =>
    events[0] && caseOf(events[0]) !== undefined ? caseAsRead(events) : events,
  changes: (event: RecordedEvent, latest: RecordedEvent): boolean =>
    caseOf(event) !== undefined && changesReading(event, latest),
};

export const CASE_EVENT_TYPES: readonly CaseEvent['type'][] = CASE_EVENTS.map(({ type }) => type);

export type CaseHappening = RecordedEvent & Recorded<CaseEvent>;

type Evolve<Fact, Event, Inputs> = (fact: Fact | undefined, event: Event, inputs: Inputs) => Fact | undefined;

/** What read models with a key for each case share. One function takes every event, and asks the domain what it means. */
export const ofEachCase = <Fact extends object, Inputs>(evolve: Evolve<Fact, CaseHappening, Inputs>) => ({
  ofOneStream: true as const,
  key: caseOf,
  evolve: Object.fromEntries(CASE_EVENT_TYPES.map((type) => [type, evolve])) as {
    readonly [T in CaseEvent['type']]: Evolve<Fact, Recorded<Extract<CaseEvent, { type: T }>>, Inputs>;
  },
  reading: readingOfCase,
});

const { kind, priority, team, owner, touchpoint, product } = CASE_FACT_FIELDS;

/** Fields of a case by which people filter and group, whatever a document says of it. */
export const CASE_FIELDS = { kind, priority, team, owner, touchpoint, product };
