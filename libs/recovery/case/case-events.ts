import type { PersonalText } from '../../event-sourcing/sealed.js';
import type { Money } from '../vocabulary/money.js';
import type { Answer } from '../response/response-events.js';

// Stored for good: a new meaning is a new event, a new shape is an upcast.

export type Channel = 'phone' | 'e-mail' | 'chat' | 'sms' | 'letter' | 'social' | 'in-person' | 'other';
export type ContactOutcome = 'reached' | 'no-answer' | 'voicemail' | 'wrong-number' | 'bounced' | 'refused';
export type WaitingOn = 'customer' | 'third-party' | 'internal';
/** How an owner came to be: a rule's choice, the team's or programme's fallback, a person's act, or a source's word. */
export type AssignedBy = 'rule' | 'team-fallback' | 'programme-fallback' | 'person' | 'source';

export type CaseEvent =
  | {
      type: 'CaseOpened';
      data: {
        case: string;
        customer: string;
        /** What is to be done: 'recover', 'call-back', or a kind that the rule set names. */
        kind: string;
        priority: string;
        team?: string;
        response?: string;
        failure?: string;
        /** A source's own number for it, such as INC0000045. */
        reference?: string;
        touchpoint?: string;
        product?: string;
        order?: string;
        agent?: string;
        language?: string;
        tags: readonly string[];
        /** Content hash of the rule set that opened it; absent when a source's record did. */
        ruleSet?: string;
      };
    }
  | { type: 'CaseAssigned'; data: { owner: string; team?: string; by: AssignedBy; reason?: string } }
  | { type: 'OwnerAlerted'; data: { owner: string; channel: string } }
  | { type: 'CaseAcknowledged'; data: { channel: Channel; automatic: boolean } }
  | { type: 'ContactAttempted'; data: { channel: Channel; outcome: ContactOutcome; note?: PersonalText } }
  | { type: 'ProgressUpdateSent'; data: { channel: Channel; message?: PersonalText } }
  | {
      type: 'ResolutionOffered';
      data: {
        offer: string;
        kind: string;
        value?: Money;
        description?: PersonalText;
        /** Beyond the authority of who offered it: it stands only once a supervisor authorises it. */
        needsAuthority: boolean;
      };
    }
  | { type: 'OfferAuthorised'; data: { offer: string } }
  | { type: 'OfferAnswered'; data: { offer: string; answer: 'accepted' | 'declined' | 'no-answer' } }
  | { type: 'CasePaused'; data: { waitingOn: WaitingOn; reason?: string; until?: string } }
  | { type: 'CaseResumed'; data: { reason?: string } }
  | { type: 'CaseHandedOff'; data: { fromOwner?: string; toOwner: string; toTeam?: string; reason: string } }
  | { type: 'CaseEscalated'; data: { to: string; reason: string; target?: string } }
  | {
      type: 'RootCauseIdentified';
      /** From the coarsest level to the finest, such as process, billing, wrong amount. */
      data: { cause: readonly string[]; action?: string };
    }
  | { type: 'CaseSubmitted'; data: { summary?: PersonalText } }
  | { type: 'CaseApproved'; data: { note?: PersonalText } }
  | { type: 'CaseReturned'; data: { reason: string } }
  | { type: 'CaseGivenUp'; data: { reason: 'unreachable' | 'contact-refused'; note?: PersonalText } }
  | { type: 'CasePriorityChanged'; data: { priority: string; reason?: string } }
  | { type: 'CaseReopened'; data: { cycle: number; reason?: string } }
  | { type: 'CaseMerged'; data: { into: string; reason?: string } }
  | { type: 'CustomerInformed'; data: { channel: Channel; message?: PersonalText } }
  | { type: 'NoteAdded'; data: { note: PersonalText } }
  | { type: 'SaleRecorded'; data: { value?: Money; description?: PersonalText } }
  | { type: 'CustomerLost'; data: { reason?: string } }
  | { type: 'CustomerKept'; data: { reason?: string } }
  | {
      /** A source's own verdict on a target, kept beside ours and never used to compute it. */
      type: 'VerdictReported';
      data: { target: string; verdict: 'met' | 'missed'; field: string };
    }
  | { type: 'CallbackRecorded'; data: { outcome: ContactOutcome; satisfied?: boolean; note?: PersonalText } }
  | { type: 'ReSurveySent'; data: { survey: string; channel: Channel } }
  | { type: 'ReSurveyAnswered'; data: { survey: string; answers: readonly Answer[]; comment?: PersonalText } }
  | {
      /** An earlier event of this case was wrong. Both stay; what is folded is the corrected fact. */
      type: 'EventCorrected';
      data: {
        corrects: string;
        correctsType: string;
        /** The whole event did not happen. */
        withdrawn?: true;
        /** Fields of the corrected event's data, with their right values. */
        set?: Readonly<Record<string, unknown>>;
        reason: string;
      };
    };
