import type { Recorded } from '../../event-sourcing/event.js';
import type { Money } from '../vocabulary/money.js';
import type { CaseEvent, Channel, ContactOutcome, WaitingOn } from './case-events.js';

export type RecordedCaseEvent = Recorded<CaseEvent>;

export interface Attempt {
  readonly cycle: number;
  readonly at: string;
  readonly channel: Channel;
  readonly outcome: ContactOutcome;
}

export interface Offer {
  readonly id: string;
  readonly cycle: number;
  readonly kind: string;
  readonly value?: Money;
  readonly offeredBy: string;
  /** `pending`: beyond the authority of who offered it, and nobody authorised it yet. */
  readonly standing: 'pending' | 'stands';
  readonly answer?: 'accepted' | 'declined' | 'no-answer';
}

export interface ReSurvey {
  readonly id: string;
  readonly cycle: number;
  readonly answered: boolean;
}

/** The events of a case, newest first: a correction folds them anew. A list of pairs, so that adding one copies none. */
export interface Trail {
  readonly event: RecordedCaseEvent;
  readonly before?: Trail;
}

/** What is known of a case whatever its status. What a cycle brings is told apart by the cycle's number. */
export interface CaseFile {
  readonly case: string;
  readonly customer: string;
  readonly kind: string;
  readonly priority: string;
  readonly team?: string;
  /** Absent only between opening and assignment. */
  readonly owner?: string;
  readonly cycle: number;
  /** Everybody who owned it or did some of its work: none of them may review it. */
  readonly workers: readonly string[];
  /** The owner who was told of it in this cycle. */
  readonly alerted?: string;
  readonly acknowledged: boolean;
  readonly attempts: readonly Attempt[];
  readonly offers: readonly Offer[];
  readonly escalations: readonly { readonly cycle: number; readonly to: string; readonly target?: string }[];
  readonly rootCause?: { readonly cycle: number; readonly cause: readonly string[]; readonly action?: string };
  readonly informed: boolean;
  readonly customerOutcome?: 'lost' | 'kept';
  readonly reSurveys: readonly ReSurvey[];
  readonly trail: Trail;
}

/** A case that was opened, in the one status it is in. */
export type OpenedCase =
  | { readonly status: 'open'; readonly file: CaseFile }
  | { readonly status: 'paused'; readonly file: CaseFile; readonly waitingOn: WaitingOn; readonly until?: string }
  | { readonly status: 'submitted'; readonly file: CaseFile }
  | { readonly status: 'given-up'; readonly file: CaseFile; readonly reason: 'unreachable' | 'contact-refused' }
  | { readonly status: 'approved'; readonly file: CaseFile; readonly approvedAt: string }
  | { readonly status: 'merged'; readonly file: CaseFile; readonly into: string };

export type CaseState = { readonly status: 'not-opened' } | OpenedCase;

export const NOT_OPENED: CaseState = { status: 'not-opened' };

/** Being worked on, and so open to the owner's commands. */
export type CaseInWork = Extract<OpenedCase, { status: 'open' | 'paused' }>;

export const inWork = (state: OpenedCase): state is CaseInWork => state.status === 'open' || state.status === 'paused';

/** The trail, oldest first. */
export const eventsOf = (trail: Trail): readonly RecordedCaseEvent[] => {
  const events: RecordedCaseEvent[] = [];
  for (let at: Trail | undefined = trail; at; at = at.before) events.push(at.event);
  return events.reverse();
};

/** A command that may be repeated at will (a note, an attempt) is told from its own repetition by its id alone. */
export const recordedBy = (file: CaseFile, commandId: string): boolean => {
  for (let at: Trail | undefined = file.trail; at; at = at.before) if (at.event.commandId === commandId) return true;
  return false;
};
