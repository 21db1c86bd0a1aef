import type { EventDeclaration, Recorded, ToAppend } from '../event-sourcing/event.js';
import type { CaseEvent } from './case/case-events.js';
import type { ClockEvent } from './clocks/clock-events.js';
import type { FailureEvent } from './failure/failure-events.js';
import type { ImprovementEvent } from './improvement/improvement-events.js';
import type { IntakeEvent } from './intake/intake-events.js';
import type { AccessEvent, CustomerEvent, StoreEvent } from './privacy/privacy-events.js';
import type { ResponseEvent } from './response/response-events.js';
import type { RulesEvent } from './rules/rules-events.js';
import type { TeamEvent } from './team/team-events.js';
import type { VerificationEvent } from './verification/verification-events.js';

/** Every event that history can hold. */
export type RecoveryEvent =
  | ResponseEvent
  | CaseEvent
  | ClockEvent
  | IntakeEvent
  | FailureEvent
  | TeamEvent
  | RulesEvent
  | VerificationEvent
  | ImprovementEvent
  | CustomerEvent
  | AccessEvent
  | StoreEvent;

export type EventType = RecoveryEvent['type'];
export type RecordedEvent = Recorded<RecoveryEvent>;
export type EventToAppend = ToAppend<RecoveryEvent>;

/** Present schema version and personal fields of every event; a change of shape raises the one and adds an upcast. */
export const DECLARATIONS: Readonly<Record<EventType, EventDeclaration>> = {
  ResponseReceived: { schemaVersion: 1, personal: ['comment'] },
  ResponseTriaged: { schemaVersion: 1 },
  CaseOpened: { schemaVersion: 1 },
  CaseAssigned: { schemaVersion: 1 },
  OwnerAlerted: { schemaVersion: 1 },
  CaseAcknowledged: { schemaVersion: 1 },
  ContactAttempted: { schemaVersion: 1, personal: ['note'] },
  ProgressUpdateSent: { schemaVersion: 1, personal: ['message'] },
  ResolutionOffered: { schemaVersion: 1, personal: ['description'] },
  OfferAuthorised: { schemaVersion: 1 },
  OfferAnswered: { schemaVersion: 1 },
  CasePaused: { schemaVersion: 1 },
  CaseResumed: { schemaVersion: 1 },
  CaseHandedOff: { schemaVersion: 1 },
  CaseEscalated: { schemaVersion: 1 },
  RootCauseIdentified: { schemaVersion: 1 },
  CaseSubmitted: { schemaVersion: 1, personal: ['summary'] },
  CaseApproved: { schemaVersion: 1, personal: ['note'] },
  CaseReturned: { schemaVersion: 1 },
  CaseGivenUp: { schemaVersion: 1, personal: ['note'] },
  CasePriorityChanged: { schemaVersion: 1 },
  CaseReopened: { schemaVersion: 1 },
  CaseMerged: { schemaVersion: 1 },
  CustomerInformed: { schemaVersion: 1, personal: ['message'] },
  NoteAdded: { schemaVersion: 1, personal: ['note'] },
  SaleRecorded: { schemaVersion: 1, personal: ['description'] },
  CustomerLost: { schemaVersion: 1 },
  CustomerKept: { schemaVersion: 1 },
  VerdictReported: { schemaVersion: 1 },
  CallbackRecorded: { schemaVersion: 1, personal: ['note'] },
  ReSurveySent: { schemaVersion: 1 },
  ReSurveyAnswered: { schemaVersion: 1, personal: ['comment'] },
  EventCorrected: { schemaVersion: 1, restates: { type: 'correctsType', fields: 'set' } },
  TargetWarned: { schemaVersion: 1 },
  TargetBreached: { schemaVersion: 1 },
  IntakeAllocated: { schemaVersion: 1 },
  IntakeHeldBack: { schemaVersion: 1 },
  OperationalFailureReported: { schemaVersion: 1, personal: ['description'] },
  TeamChanged: { schemaVersion: 1 },
  RuleSetDrafted: { schemaVersion: 1 },
  RuleSetRehearsed: { schemaVersion: 1 },
  RuleSetApproved: { schemaVersion: 1 },
  RuleSetActivated: { schemaVersion: 1 },
  RuleSetRolledBack: { schemaVersion: 1 },
  RuleSetReviewed: { schemaVersion: 1 },
  VerificationSampled: { schemaVersion: 1 },
  ImprovementActionRaised: { schemaVersion: 1 },
  ImprovementActionCompleted: { schemaVersion: 1 },
  CustomerContactRecorded: { schemaVersion: 1 },
  CustomerForgotten: { schemaVersion: 1 },
  AccessRecorded: { schemaVersion: 1 },
  HistoryRestored: { schemaVersion: 1 },
};
