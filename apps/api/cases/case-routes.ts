import type { Role } from '../../../libs/platform/auth/roles.js';
import type { Message } from '../../../libs/platform/validation/schema.js';
import type { CaseCommand } from '../../../libs/recovery/case/case-commands.js';
import * as m from './case-messages.js';

/** One command of a case: where it is posted, what it must hold, who may, and what it does in a sentence. */
export interface CaseRoute {
  /** Under /v1/cases/{id}/; {offer} is taken into the command. */
  readonly path: string;
  readonly command: CaseCommand['type'];
  readonly message: Message<object>;
  readonly roles: readonly Role[];
  readonly says: string;
}

const WORKERS: readonly Role[] = ['agent', 'supervisor', 'operator'];
const SUPERVISORS: readonly Role[] = ['supervisor', 'operator'];
const REVIEWERS: readonly Role[] = ['approver', 'supervisor', 'operator'];
/** What a survey tool, a CRM or a telephone system reports by itself. */
const REPORTERS: readonly Role[] = [...WORKERS, 'integrator'];

export const CASE_ROUTES: readonly CaseRoute[] = [
  {
    path: 'assignment',
    command: 'AssignCase',
    message: m.AssignCase,
    roles: SUPERVISORS,
    says: 'Give the case an owner',
  },
  {
    path: 'alerts',
    command: 'RecordOwnerAlert',
    message: m.RecordOwnerAlert,
    roles: REPORTERS,
    says: 'Record that the owner was told',
  },
  {
    path: 'acknowledgement',
    command: 'AcknowledgeCase',
    message: m.AcknowledgeCase,
    roles: REPORTERS,
    says: 'Record that the customer was told that we have it',
  },
  {
    path: 'contact-attempts',
    command: 'LogContactAttempt',
    message: m.LogContactAttempt,
    roles: WORKERS,
    says: 'Log an attempt to reach the customer',
  },
  {
    path: 'progress-updates',
    command: 'SendProgressUpdate',
    message: m.TellCustomer,
    roles: WORKERS,
    says: 'Record an update to the customer',
  },
  {
    path: 'offers',
    command: 'OfferResolution',
    message: m.OfferResolution,
    roles: WORKERS,
    says: 'Offer the customer something; beyond authority it waits for a supervisor',
  },
  {
    path: 'offers/{offer}/authorisation',
    command: 'AuthoriseOffer',
    message: m.Nothing,
    roles: SUPERVISORS,
    says: 'Authorise an offer beyond the authority of who made it',
  },
  {
    path: 'offers/{offer}/answer',
    command: 'AnswerOffer',
    message: m.AnswerOffer,
    roles: WORKERS,
    says: "Record the customer's answer to an offer",
  },
  {
    path: 'pauses',
    command: 'PauseCase',
    message: m.PauseCase,
    roles: WORKERS,
    says: 'Wait for the customer or somebody else',
  },
  { path: 'resumption', command: 'ResumeCase', message: m.MayGiveReason, roles: WORKERS, says: 'Go on after a pause' },
  {
    path: 'hand-over',
    command: 'HandOffCase',
    message: m.HandOffCase,
    roles: WORKERS,
    says: 'Hand the case to another person or team',
  },
  { path: 'escalation', command: 'EscalateCase', message: m.EscalateCase, roles: WORKERS, says: 'Escalate the case' },
  {
    path: 'root-cause',
    command: 'IdentifyRootCause',
    message: m.IdentifyRootCause,
    roles: WORKERS,
    says: 'Name the root cause',
  },
  {
    path: 'submission',
    command: 'SubmitCase',
    message: m.SubmitCase,
    roles: WORKERS,
    says: 'Submit the case for approval',
  },
  {
    path: 'approval',
    command: 'ApproveCase',
    message: m.MayAddNote,
    roles: [...REVIEWERS, 'agent'],
    says: 'Approve the case; refused to everybody who worked on it',
  },
  {
    path: 'return',
    command: 'ReturnCase',
    message: m.MustGiveReason,
    roles: [...REVIEWERS, 'agent'],
    says: 'Return the case to its owner; refused to everybody who worked on it',
  },
  {
    path: 'give-up',
    command: 'GiveUpCase',
    message: m.GiveUpCase,
    roles: WORKERS,
    says: 'Give the case up after the tries that the rules demand',
  },
  {
    path: 'priority',
    command: 'ChangePriority',
    message: m.ChangePriority,
    roles: WORKERS,
    says: 'Change the priority',
  },
  {
    path: 'reopening',
    command: 'ReopenCase',
    message: m.MayGiveReason,
    roles: WORKERS,
    says: 'Open the case again: a new cycle',
  },
  {
    path: 'merge',
    command: 'MergeCase',
    message: m.MergeCase,
    roles: WORKERS,
    says: 'Close the case as a duplicate of another',
  },
  {
    path: 'customer-information',
    command: 'InformCustomer',
    message: m.TellCustomer,
    roles: WORKERS,
    says: 'Record that the customer was told what was done',
  },
  { path: 'notes', command: 'AddNote', message: m.AddNote, roles: [...REVIEWERS, 'agent'], says: 'Add a note' },
  {
    path: 'sales',
    command: 'RecordSale',
    message: m.RecordSale,
    roles: REPORTERS,
    says: 'Record a sale that the case led to',
  },
  {
    path: 'customer-lost',
    command: 'RecordCustomerLost',
    message: m.MayGiveReason,
    roles: REPORTERS,
    says: 'Record that the customer left',
  },
  {
    path: 'customer-kept',
    command: 'RecordCustomerKept',
    message: m.MayGiveReason,
    roles: REPORTERS,
    says: 'Record that the customer stayed',
  },
  {
    path: 'callbacks',
    command: 'RecordCallback',
    message: m.RecordCallback,
    roles: [...REVIEWERS, 'agent'],
    says: 'Record a call to verify an approved case',
  },
  {
    path: 're-surveys',
    command: 'SendReSurvey',
    message: m.SendReSurvey,
    roles: REPORTERS,
    says: 'Record that the customer was asked again',
  },
  {
    path: 're-survey-answers',
    command: 'AnswerReSurvey',
    message: m.AnswerReSurvey,
    roles: REPORTERS,
    says: "Record the customer's answer to the re-survey",
  },
  {
    path: 'corrections',
    command: 'CorrectEvent',
    message: m.CorrectEvent,
    roles: SUPERVISORS,
    says: 'Correct an earlier event of this case; both stay in history',
  },
];
