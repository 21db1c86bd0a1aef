import type { CaseEvent } from '../../recovery/case/case-events.js';
import type { ResponseEvent } from '../../recovery/response/response-events.js';

/** Events that a mapping may emit: facts that a source can report. Triage and corrections are ours. */
export type ImportableEvent =
  | Extract<ResponseEvent, { type: 'ResponseReceived' }>
  | Exclude<CaseEvent, { type: 'EventCorrected' | 'SaleRecorded' }>;
export type ImportableType = ImportableEvent['type'];

export type FieldKind = 'text' | 'texts' | 'boolean' | 'answers';

export interface FieldShape {
  readonly kind: FieldKind;
  readonly required: boolean;
  /** The only texts that it may hold. */
  readonly oneOf?: readonly string[];
  /** Filled by the import itself (ids and what follows from other fields): a mapping can't set it. */
  readonly given?: true;
  /** Where neither mapping nor row say anything. */
  readonly otherwise?: unknown;
}

const text: FieldShape = { kind: 'text', required: true };
const optional: FieldShape = { kind: 'text', required: false };
const given: FieldShape = { kind: 'text', required: true, given: true };
const tags: FieldShape = { kind: 'texts', required: true, otherwise: [] };
const answers: FieldShape = { kind: 'answers', required: true, otherwise: [] };
const yesNo: FieldShape = { kind: 'boolean', required: true, otherwise: false };
const one = (...oneOf: string[]): FieldShape => ({ kind: 'text', required: true, oneOf });

const channel = one('phone', 'e-mail', 'chat', 'sms', 'letter', 'social', 'in-person', 'other');
const outcome = one('reached', 'no-answer', 'voicemail', 'wrong-number', 'bounced', 'refused');

/** Every field of every importable event: a field added to an event does not compile until it is told here. */
export const EVENT_SHAPES: {
  readonly [E in ImportableEvent as E['type']]: { readonly [F in keyof E['data']]-?: FieldShape };
} = {
  ResponseReceived: {
    response: given,
    source: given,
    externalId: given,
    kind: one('survey', 'complaint', 'ticket', 'social', 'review', 'forum', 'operational-failure'),
    customer: given,
    touchpoint: optional,
    answers,
    contactMe: { ...one('yes', 'no', 'not-answered'), otherwise: 'not-answered' },
    comment: optional,
    commentLength: given,
    tags,
    product: optional,
    order: optional,
    agent: optional,
    language: optional,
    failure: optional,
  },
  CaseOpened: {
    case: given,
    customer: given,
    kind: text,
    priority: text,
    team: optional,
    response: { ...given, required: false },
    failure: optional,
    reference: optional,
    touchpoint: optional,
    product: optional,
    order: optional,
    agent: optional,
    language: optional,
    tags,
    ruleSet: { ...given, required: false },
  },
  CaseAssigned: {
    owner: text,
    team: optional,
    by: { ...one('rule', 'team-fallback', 'programme-fallback', 'person', 'source'), otherwise: 'source' },
    reason: optional,
  },
  OwnerAlerted: { owner: text, channel: text },
  CaseAcknowledged: { channel, automatic: yesNo },
  ContactAttempted: { channel, outcome, note: optional },
  ProgressUpdateSent: { channel, message: optional },
  ResolutionOffered: {
    offer: given,
    kind: text,
    value: { kind: 'text', required: false, given: true },
    description: optional,
    needsAuthority: yesNo,
  },
  OfferAuthorised: { offer: given },
  OfferAnswered: { offer: given, answer: one('accepted', 'declined', 'no-answer') },
  CasePaused: { waitingOn: one('customer', 'third-party', 'internal'), reason: optional, until: optional },
  CaseResumed: { reason: optional },
  CaseHandedOff: { fromOwner: optional, toOwner: text, toTeam: optional, reason: text },
  CaseEscalated: { to: text, reason: text, target: optional },
  RootCauseIdentified: { cause: { kind: 'texts', required: true }, action: optional },
  CaseSubmitted: { summary: optional },
  CaseApproved: { note: optional },
  CaseReturned: { reason: text },
  CaseGivenUp: { reason: one('unreachable', 'contact-refused'), note: optional },
  CasePriorityChanged: { priority: text, reason: optional },
  CaseReopened: { cycle: given, reason: optional },
  CaseMerged: { into: text, reason: optional },
  CustomerInformed: { channel, message: optional },
  NoteAdded: { note: text },
  CustomerLost: { reason: optional },
  CustomerKept: { reason: optional },
  VerdictReported: { target: text, verdict: one('met', 'missed'), field: text },
  CallbackRecorded: { outcome, satisfied: { kind: 'boolean', required: false }, note: optional },
  ReSurveySent: { survey: text, channel },
  ReSurveyAnswered: { survey: text, answers, comment: optional },
};

export const shapeOf = (type: string): Readonly<Record<string, FieldShape>> | undefined =>
  Object.hasOwn(EVENT_SHAPES, type) ? EVENT_SHAPES[type as ImportableType] : undefined;
