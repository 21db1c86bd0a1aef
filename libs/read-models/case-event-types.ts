import type { Recorded } from '../event-sourcing/event.js';
import type { CaseEvent } from '../recovery/case/case-events.js';
import type { RecordedEvent } from '../recovery/history.js';

/** Compiles only while every event of a case is named. */
const CASE_EVENTS: Readonly<Record<CaseEvent['type'], true>> = {
  CaseOpened: true,
  CaseAssigned: true,
  OwnerAlerted: true,
  CaseAcknowledged: true,
  ContactAttempted: true,
  ProgressUpdateSent: true,
  ResolutionOffered: true,
  OfferAuthorised: true,
  OfferAnswered: true,
  CasePaused: true,
  CaseResumed: true,
  CaseHandedOff: true,
  CaseEscalated: true,
  RootCauseIdentified: true,
  CaseSubmitted: true,
  CaseApproved: true,
  CaseReturned: true,
  CaseGivenUp: true,
  CasePriorityChanged: true,
  CaseReopened: true,
  CaseMerged: true,
  CustomerInformed: true,
  NoteAdded: true,
  SaleRecorded: true,
  CustomerLost: true,
  CustomerKept: true,
  VerdictReported: true,
  CallbackRecorded: true,
  ReSurveySent: true,
  ReSurveyAnswered: true,
  EventCorrected: true,
};

export const CASE_EVENT_TYPES = Object.keys(CASE_EVENTS) as readonly CaseEvent['type'][];

type Evolve<Fact, Inputs> = {
  readonly [T in CaseEvent['type']]: (
    fact: Fact | undefined,
    event: Recorded<Extract<CaseEvent, { type: T }>>,
    inputs: Inputs,
  ) => Fact | undefined;
};

/** One function for whatever happens to a case: for read models that ask the domain what an event means. */
export const onEachCaseEvent = <Fact extends object, Inputs>(
  evolve: (fact: Fact | undefined, event: RecordedEvent & Recorded<CaseEvent>, inputs: Inputs) => Fact | undefined,
): Evolve<Fact, Inputs> => Object.fromEntries(CASE_EVENT_TYPES.map((type) => [type, evolve])) as Evolve<Fact, Inputs>;
