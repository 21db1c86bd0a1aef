import type { PersonalText } from '../../event-sourcing/sealed.js';
import type { Money } from '../vocabulary/money.js';
import type { Answer } from '../response/response-events.js';
import type { AssignedBy, CaseEvent, Channel, ContactOutcome, WaitingOn } from './case-events.js';

export type CaseEventData<T extends CaseEvent['type']> = Extract<CaseEvent, { type: T }>['data'];

/** What may be asked of a case. Blank reasons and impossible amounts are refused here; shapes are checked at the edge. */
export type CaseCommand =
  | ({
      type: 'OpenCase';
      /** Without one the programme's fallback owner takes it: a case has an owner from its first second. */
      owner?: string;
      assignedBy?: AssignedBy;
    } & CaseEventData<'CaseOpened'>)
  | { type: 'AssignCase'; owner: string; team?: string; by?: AssignedBy; reason?: string }
  | { type: 'RecordOwnerAlert'; owner: string; channel: string }
  | { type: 'AcknowledgeCase'; channel: Channel; automatic?: boolean }
  | { type: 'LogContactAttempt'; channel: Channel; outcome: ContactOutcome; note?: PersonalText }
  | { type: 'SendProgressUpdate'; channel: Channel; message?: PersonalText }
  | {
      type: 'OfferResolution';
      /** Made from the case and the command's id where the caller names none. */
      offer?: string;
      kind: string;
      value?: Money;
      description?: PersonalText;
    }
  | { type: 'AuthoriseOffer'; offer: string }
  | { type: 'AnswerOffer'; offer: string; answer: 'accepted' | 'declined' | 'no-answer' }
  | { type: 'PauseCase'; waitingOn: WaitingOn; reason?: string; until?: string }
  | { type: 'ResumeCase'; reason?: string }
  | { type: 'HandOffCase'; toOwner: string; toTeam?: string; reason: string }
  | { type: 'EscalateCase'; to: string; reason: string; target?: string }
  | { type: 'IdentifyRootCause'; cause: readonly string[]; action?: string }
  | { type: 'SubmitCase'; summary?: PersonalText }
  | { type: 'ApproveCase'; note?: PersonalText }
  | { type: 'ReturnCase'; reason: string }
  | { type: 'GiveUpCase'; reason: 'unreachable' | 'contact-refused'; note?: PersonalText }
  | { type: 'ChangePriority'; priority: string; reason?: string }
  | { type: 'ReopenCase'; reason?: string }
  | { type: 'MergeCase'; into: string; reason?: string }
  | { type: 'InformCustomer'; channel: Channel; message?: PersonalText }
  | { type: 'AddNote'; note: PersonalText }
  | { type: 'RecordSale'; value?: Money; description?: PersonalText }
  | { type: 'RecordCustomerLost'; reason?: string }
  | { type: 'RecordCustomerKept'; reason?: string }
  | { type: 'RecordCallback'; outcome: ContactOutcome; satisfied?: boolean; note?: PersonalText }
  | {
      type: 'SendReSurvey';
      /** Made from the case and its cycle where the caller names none. */
      survey?: string;
      channel: Channel;
    }
  | { type: 'AnswerReSurvey'; survey: string; answers: readonly Answer[]; comment?: PersonalText }
  | {
      type: 'CorrectEvent';
      corrects: string;
      withdrawn?: true;
      set?: Readonly<Record<string, unknown>>;
      reason: string;
    };

/** One command of a case, by name. */
export type CaseCommandOf<T extends CaseCommand['type']> = Extract<CaseCommand, { type: T }>;
