import { categoryOf, identityOf } from '../event-sourcing/stream-name.js';
import type { EventType } from '../recovery/history.js';

// Names of topics are what subscribers hold on to: they stay.

export interface Topic {
  readonly says: string;
  /** What its messages are keyed by, in words. */
  readonly keyedBy: string;
  /** Only the last message of each key is kept for good, and none of a key whose last has no value. */
  readonly compacted: boolean;
}

export const TOPICS = {
  'amends.responses': {
    says: 'What customers said and what went wrong for them, and what triage made of it',
    keyedBy: "the customer's id; a reported failure's own id",
    compacted: false,
  },
  'amends.cases': {
    says: 'Everything that happened on a case, from its opening to the last survey',
    keyedBy: "the case's id",
    compacted: false,
  },
  'amends.clocks': {
    says: 'Targets that were about to be missed, and that were missed',
    keyedBy: "the case's id",
    compacted: false,
  },
  'amends.rules': {
    says: 'How the work is set up, checked and improved: rule sets, teams, verification drawings, improvement actions',
    keyedBy: "the programme, team, period or improvement action's id",
    compacted: false,
  },
  'amends.customers': {
    says: 'That contact data of a customer is there; without a value: the customer is to be forgotten',
    keyedBy: "the customer's id",
    compacted: true,
  },
} as const satisfies Readonly<Record<string, Topic>>;

export type TopicName = keyof typeof TOPICS;

export const TOPIC_NAMES = Object.keys(TOPICS) as readonly TopicName[];

export const isTopic = (name: string): name is TopicName => Object.hasOwn(TOPICS, name);

/**
 * Where each event goes. All events of one kind of stream go the same way, so that a subscriber who counts a stream's
 * revisions misses none. `kept-inside` is how Amends does its own work, and who read what: nobody else's business.
 */
export const TOPIC_OF: { readonly [T in EventType]: TopicName | 'kept-inside' } = {
  ResponseReceived: 'amends.responses',
  ResponseTriaged: 'amends.responses',
  OperationalFailureReported: 'amends.responses',
  CaseOpened: 'amends.cases',
  CaseAssigned: 'amends.cases',
  OwnerAlerted: 'amends.cases',
  CaseAcknowledged: 'amends.cases',
  ContactAttempted: 'amends.cases',
  ProgressUpdateSent: 'amends.cases',
  ResolutionOffered: 'amends.cases',
  OfferAuthorised: 'amends.cases',
  OfferAnswered: 'amends.cases',
  CasePaused: 'amends.cases',
  CaseResumed: 'amends.cases',
  CaseHandedOff: 'amends.cases',
  CaseEscalated: 'amends.cases',
  RootCauseIdentified: 'amends.cases',
  CaseSubmitted: 'amends.cases',
  CaseApproved: 'amends.cases',
  CaseReturned: 'amends.cases',
  CaseGivenUp: 'amends.cases',
  CasePriorityChanged: 'amends.cases',
  CaseReopened: 'amends.cases',
  CaseMerged: 'amends.cases',
  CustomerInformed: 'amends.cases',
  NoteAdded: 'amends.cases',
  SaleRecorded: 'amends.cases',
  CustomerLost: 'amends.cases',
  CustomerKept: 'amends.cases',
  VerdictReported: 'amends.cases',
  CallbackRecorded: 'amends.cases',
  ReSurveySent: 'amends.cases',
  ReSurveyAnswered: 'amends.cases',
  EventCorrected: 'amends.cases',
  TargetWarned: 'amends.clocks',
  TargetBreached: 'amends.clocks',
  RuleSetDrafted: 'amends.rules',
  RuleSetRehearsed: 'amends.rules',
  RuleSetApproved: 'amends.rules',
  RuleSetActivated: 'amends.rules',
  RuleSetRolledBack: 'amends.rules',
  RuleSetReviewed: 'amends.rules',
  TeamChanged: 'amends.rules',
  VerificationSampled: 'amends.rules',
  ImprovementActionRaised: 'amends.rules',
  ImprovementActionCompleted: 'amends.rules',
  CustomerContactRecorded: 'amends.customers',
  CustomerForgotten: 'amends.customers',
  IntakeAllocated: 'kept-inside',
  IntakeHeldBack: 'kept-inside',
  AccessRecorded: 'kept-inside',
  HistoryRestored: 'kept-inside',
};

export const eventsOf = (topic: TopicName): readonly EventType[] =>
  (Object.keys(TOPIC_OF) as EventType[]).filter((type) => TOPIC_OF[type] === topic);

/** Undefined for what is kept inside. */
export const topicOf = (type: string): TopicName | undefined => {
  const topic = Object.hasOwn(TOPIC_OF, type) ? TOPIC_OF[type as EventType] : undefined;
  return topic === 'kept-inside' ? undefined : topic;
};

/** Of these, the last event of a key says that nothing of it is to be kept. */
export const isTombstone = (type: string): boolean => type === ('CustomerForgotten' satisfies EventType);

/** The key, where the stream's name gives it; a response is its customer's, whom its first event names. */
export const keyInName = (stream: string): string | undefined =>
  categoryOf(stream) === 'response' ? undefined : identityOf(stream);
