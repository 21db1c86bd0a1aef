import type { FieldType } from '../../event-sourcing/projection.js';
import type { RecordedEvent } from '../history.js';
import type { CaseEvent } from './case-events.js';

/** What of a case the conditions of rules may speak of: plain, current, never personal. */
export interface CaseFacts {
  readonly status: 'open' | 'paused' | 'submitted' | 'approved' | 'given-up' | 'merged';
  readonly kind: string;
  readonly priority: string;
  readonly team: string | null;
  readonly owner: string | null;
  readonly touchpoint: string | null;
  readonly product: string | null;
  readonly language: string | null;
  readonly tags: readonly string[];
  readonly waitingOn: string | null;
  readonly cycle: number;
  readonly alerted: boolean;
  readonly acknowledged: boolean;
  /** Any attempt was made in this cycle. */
  readonly attempted: boolean;
  /** The customer was reached in this cycle. */
  readonly contacted: boolean;
  readonly offered: boolean;
  /** The last answer to an offer. */
  readonly offerAnswer: string | null;
  readonly escalated: boolean;
  readonly rootCause: boolean;
  /** Submitted for approval or given up, in this cycle. */
  readonly resolved: boolean;
  /** Approved in this cycle. */
  readonly approved: boolean;
  readonly informed: boolean;
}

export const CASE_FACT_FIELDS: Readonly<Record<keyof CaseFacts, FieldType>> = {
  status: 'string',
  kind: 'string',
  priority: 'string',
  team: 'string',
  owner: 'string',
  touchpoint: 'string',
  product: 'string',
  language: 'string',
  tags: 'strings',
  waitingOn: 'string',
  cycle: 'integer',
  alerted: 'boolean',
  acknowledged: 'boolean',
  attempted: 'boolean',
  contacted: 'boolean',
  offered: 'boolean',
  offerAnswer: 'string',
  escalated: 'boolean',
  rootCause: 'boolean',
  resolved: 'boolean',
  approved: 'boolean',
  informed: 'boolean',
};

type RecordedCaseEvent = Extract<RecordedEvent, { type: CaseEvent['type'] }>;

/** What is as new in a cycle that has just begun. */
const NEW_CYCLE = {
  status: 'open',
  waitingOn: null,
  alerted: false,
  acknowledged: false,
  attempted: false,
  contacted: false,
  offered: false,
  offerAnswer: null,
  escalated: false,
  rootCause: false,
  resolved: false,
  approved: false,
  informed: false,
} as const satisfies Partial<CaseFacts>;

/**
 * The facts after one more event of any stream, with whatever stands beside them; the same object where they stay as
 * they are, because it runs for every event of every replay.
 * @throws Error where a case's history does not begin with CaseOpened.
 */
export function evolveFacts<F extends CaseFacts>(facts: F, event: RecordedEvent): F;
export function evolveFacts(facts: CaseFacts | undefined, event: RecordedEvent): CaseFacts | undefined;
export function evolveFacts(facts: CaseFacts | undefined, event: RecordedEvent): CaseFacts | undefined {
  switch (event.type) {
    case 'CaseOpened':
      if (facts) throw broken(event, 'the case is open already');
      return opened(event.data);
    case 'CaseAssigned': {
      const now = begun(facts, event);
      return changed(now, { owner: event.data.owner, team: event.data.team ?? now.team });
    }
    case 'OwnerAlerted':
      return changed(begun(facts, event), { alerted: true });
    case 'CaseAcknowledged':
      return changed(begun(facts, event), { acknowledged: true });
    case 'ContactAttempted': {
      const now = begun(facts, event);
      return changed(now, { attempted: true, contacted: now.contacted || event.data.outcome === 'reached' });
    }
    case 'ResolutionOffered':
      return changed(begun(facts, event), { offered: true });
    case 'OfferAnswered':
      return changed(begun(facts, event), { offerAnswer: event.data.answer });
    case 'CasePaused':
      return changed(begun(facts, event), { status: 'paused', waitingOn: event.data.waitingOn });
    case 'CaseResumed': {
      const now = begun(facts, event);
      return changed(now, { status: now.status === 'paused' ? 'open' : now.status, waitingOn: null });
    }
    case 'CaseHandedOff': {
      const now = begun(facts, event);
      return changed(now, { owner: event.data.toOwner, team: event.data.toTeam ?? now.team });
    }
    case 'CaseEscalated':
      return changed(begun(facts, event), { escalated: true });
    case 'RootCauseIdentified':
      return changed(begun(facts, event), { rootCause: true });
    case 'CaseSubmitted':
      return changed(begun(facts, event), { status: 'submitted', waitingOn: null, resolved: true });
    case 'CaseGivenUp':
      return changed(begun(facts, event), { status: 'given-up', waitingOn: null, resolved: true });
    case 'CaseApproved':
      return changed(begun(facts, event), { status: 'approved', waitingOn: null, approved: true });
    case 'CaseReturned':
      return changed(begun(facts, event), { status: 'open', waitingOn: null, resolved: false });
    case 'CasePriorityChanged':
      return changed(begun(facts, event), { priority: event.data.priority });
    case 'CaseReopened':
      return { ...begun(facts, event), ...NEW_CYCLE, cycle: event.data.cycle };
    case 'CaseMerged':
      return changed(begun(facts, event), { status: 'merged', waitingOn: null });
    case 'CustomerInformed':
      return changed(begun(facts, event), { informed: true });
    case 'ProgressUpdateSent':
    case 'OfferAuthorised':
    case 'NoteAdded':
    case 'SaleRecorded':
    case 'CustomerLost':
    case 'CustomerKept':
    case 'VerdictReported':
    case 'CallbackRecorded':
    case 'ReSurveySent':
    case 'ReSurveyAnswered':
    // What it corrects is read as corrected: `asCorrected`.
    case 'EventCorrected':
      return begun(facts, event);
    default:
      return notOfACase(event, facts);
  }
}

/** Compiles only while the table above names every event of a case. */
const notOfACase = (
  _event: Exclude<RecordedEvent, RecordedCaseEvent>,
  facts: CaseFacts | undefined,
): CaseFacts | undefined => facts;

const opened = (data: Extract<CaseEvent, { type: 'CaseOpened' }>['data']): CaseFacts => ({
  ...NEW_CYCLE,
  kind: data.kind,
  priority: data.priority,
  team: data.team ?? null,
  owner: null,
  touchpoint: data.touchpoint ?? null,
  product: data.product ?? null,
  language: data.language ?? null,
  tags: data.tags,
  cycle: 1,
});

function begun(facts: CaseFacts | undefined, event: RecordedCaseEvent): CaseFacts {
  if (!facts) throw broken(event, 'the case was never opened');
  return facts;
}

const broken = ({ stream, revision, type }: RecordedCaseEvent, because: string): Error =>
  new Error(`Broken history: ${type} at revision ${revision} of ${stream}, but ${because}.`);

function changed(facts: CaseFacts, change: Partial<CaseFacts>): CaseFacts {
  let field: keyof CaseFacts;
  for (field in change) if (facts[field] !== change[field]) return { ...facts, ...change };
  return facts;
}
