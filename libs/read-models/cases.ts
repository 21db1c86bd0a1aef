import type { Recorded } from '../event-sourcing/event.js';
import type { OpenedCase } from '../recovery/case/case-state.js';
import type { CaseEvent, CaseEventOf } from '../recovery/case/case.js';
import { readCause } from '../recovery/root-cause/read-cause.js';
import type { CaseDocument, CaseRecord, Done, OfferMade, Step } from './case-document.js';
import { CASE_FIELDS, ofEachCase, type CaseHappening } from './case-stream.js';
import type { PartOfInputs, ReadModel } from './inputs.js';

interface CaseFact {
  readonly case: OpenedCase;
  readonly more: CaseRecord;
  /** The latest occurredAt of its events. */
  readonly lastEventAt: string;
  /** Of the case's stream. */
  readonly revision: number;
}

type Known = Pick<CaseFact, 'case' | 'more'>;

const begin = ({ data, programme, occurredAt }: Extract<CaseHappening, { type: 'CaseOpened' }>) => ({
  case: data.case,
  reference: data.reference ?? null,
  programme,
  customer: data.customer,
  response: data.response ?? null,
  failure: data.failure ?? null,
  order: data.order ?? null,
  agent: data.agent ?? null,
  openedAt: occurredAt,
  openedUnder: data.ruleSet ?? null,
  alertedAt: null,
  acknowledgedAt: null,
  informedAt: null,
  attempts: [],
  contactBreaches: 0,
  offers: [],
  cause: null,
  steps: [],
  summary: null,
  notes: [],
  messages: [],
  sales: [],
  reSurveys: [],
  callbacks: [],
  reported: {},
});

type Change<T extends CaseEvent['type']> = (
  now: Known,
  event: Recorded<CaseEventOf<T>>,
  inputs: PartOfInputs<'rootCauses'>,
) => Partial<CaseRecord>;

const doneBy = ({ actor, occurredAt }: Recorded): Done => ({ by: actor.id, at: occurredAt });

const step = ({ case: { facts }, more }: Known, event: Recorded, name: Step['step'], reason?: string) => ({
  steps: [...more.steps, { ...doneBy(event), step: name, cycle: facts.cycle, reason: reason ?? null }],
});

const messageSent = (
  { more }: Known,
  event: Recorded<CaseEventOf<'ProgressUpdateSent' | 'CustomerInformed'>>,
  kind: 'progress' | 'closing',
) => {
  const { channel, message } = event.data;
  return { messages: [...more.messages, { ...doneBy(event), kind, channel, message: message ?? null }] };
};

const withOffer = ({ more }: Known, offer: string, change: Partial<OfferMade>) => ({
  offers: more.offers.map((made) => (made.offer === offer ? { ...made, ...change } : made)),
});

/** What an event adds to the case beside what the case itself holds. */
const CHANGES: { readonly [T in CaseEvent['type']]?: Change<T> } = {
  OwnerAlerted: ({ more }, { occurredAt }) => ({ alertedAt: more.alertedAt ?? occurredAt }),
  CaseAcknowledged: ({ more }, { occurredAt }) => ({ acknowledgedAt: more.acknowledgedAt ?? occurredAt }),
  ContactAttempted: ({ more, case: { facts } }, event) => {
    const { channel, outcome, note = null, breaches = [] } = event.data;
    const attempt = { ...doneBy(event), event: event.id, cycle: facts.cycle, channel, outcome, note, breaches };
    return { attempts: [...more.attempts, attempt], contactBreaches: more.contactBreaches + breaches.length };
  },
  ProgressUpdateSent: (now, event) => messageSent(now, event, 'progress'),
  CustomerInformed: (now, event) => ({ ...messageSent(now, event, 'closing'), informedAt: event.occurredAt }),
  ResolutionOffered: ({ more, case: { facts } }, event) => {
    const { offer, kind, value = null, description = null, needsAuthority } = event.data;
    const offered = { ...doneBy(event), offer, cycle: facts.cycle, kind, value, description, needsAuthority };
    return { offers: [...more.offers, { ...offered, authorisedBy: null, answer: null, answeredAt: null }] };
  },
  OfferAuthorised: (now, { data, actor }) => withOffer(now, data.offer, { authorisedBy: actor.id }),
  OfferAnswered: (now, { data, occurredAt }) =>
    withOffer(now, data.offer, { answer: data.answer, answeredAt: occurredAt }),
  CaseHandedOff: (now, event) => step(now, event, 'handed-off', event.data.reason),
  CasePaused: (now, event) => step(now, event, 'paused', event.data.reason ?? event.data.waitingOn),
  CaseResumed: (now, event) => step(now, event, 'resumed', event.data.reason),
  CaseEscalated: (now, event) => step(now, event, 'escalated', `${event.data.to}: ${event.data.reason}`),
  RootCauseIdentified: ({ case: { facts } }, event, { rules }) => {
    const { cause, action = null } = event.data;
    const readAs = readCause(cause, rules.at(event.programme, event.occurredAt), facts);
    return { cause: { ...doneBy(event), cause, readAs, action } };
  },
  CaseSubmitted: (now, event) => ({ ...step(now, event, 'submitted'), summary: event.data.summary ?? null }),
  CaseGivenUp: (now, event) => ({
    ...step(now, event, 'given-up', event.data.reason),
    summary: event.data.note ?? null,
  }),
  CaseApproved: (now, event) => step(now, event, 'approved'),
  CaseReturned: (now, event) => step(now, event, 'returned', event.data.reason),
  CaseReopened: (now, event) => step(now, event, 'reopened', event.data.reason),
  NoteAdded: ({ more }, event) => ({ notes: [...more.notes, { ...doneBy(event), note: event.data.note }] }),
  SaleRecorded: ({ more }, event) => {
    const { value = null, description = null } = event.data;
    return { sales: [...more.sales, { ...doneBy(event), value, description }] };
  },
  VerdictReported: ({ more }, { data }) => ({ reported: { ...more.reported, [data.target]: data.verdict } }),
  CallbackRecorded: ({ more }, event) => {
    const { outcome, satisfied = null, note = null } = event.data;
    return { callbacks: [...more.callbacks, { ...doneBy(event), outcome, satisfied, note }] };
  },
  ReSurveySent: ({ more, case: { facts } }, { data: { survey, channel }, occurredAt }) => {
    const sent = { survey, cycle: facts.cycle, channel, sentAt: occurredAt };
    return { reSurveys: [...more.reSurveys, { ...sent, answeredAt: null, answers: [], comment: null }] };
  },
  ReSurveyAnswered: ({ more }, { data: { survey, answers, comment = null }, occurredAt }) => {
    const answered = { answeredAt: occurredAt, answers, comment };
    return { reSurveys: more.reSurveys.map((sent) => (sent.survey === survey ? { ...sent, ...answered } : sent)) };
  },
};

function evolve(
  before: CaseFact | undefined,
  event: CaseHappening,
  inputs: PartOfInputs<'rootCauses'>,
): CaseFact | undefined {
  const now = inputs.cases.after(before?.case, event);
  if (!now) return undefined;
  const { occurredAt } = event;
  if (!before) {
    if (event.type !== 'CaseOpened') return undefined;
    return { case: now, more: begin(event), lastEventAt: occurredAt, revision: event.revision };
  }
  const change = CHANGES[event.type] as Change<CaseEvent['type']> | undefined; // the type is the event's own
  const more = change?.({ case: now, more: before.more }, event, inputs);
  return {
    case: now,
    more: more ? { ...before.more, ...more } : before.more,
    lastEventAt: occurredAt > before.lastEventAt ? occurredAt : before.lastEventAt,
    revision: Math.max(before.revision, event.revision),
  };
}

/** Everything that is known of a case, open or closed: one document each. */
export const cases: ReadModel<CaseFact, ['rootCauses']> = {
  name: 'cases',
  version: 4,
  reads: ['rootCauses'],
  fields: {
    case: 'string',
    reference: 'string',
    programme: 'string',
    customer: 'string',
    response: 'string',
    order: 'string',
    status: 'string',
    ...CASE_FIELDS,
    tags: 'strings',
    openedAt: 'instant',
    lastEventAt: 'instant',
    cycle: 'integer',
    pausedUntil: 'instant',
    contactBreaches: 'integer',
    workedBy: 'strings',
    outcome: 'string',
  },
  indexes: [['reference'], ['order'], ['customer', 'openedAt'], ['openedAt'], ['status', 'lastEventAt']],
  ...ofEachCase(evolve),
  documents: ({ case: now, more, lastEventAt, revision }, key) => {
    const { facts, workers, pausedUntil, mergedInto, customerOutcome } = now;
    const document = {
      ...more,
      ...facts,
      lastEventAt,
      revision,
      workedBy: workers,
      pausedUntil: pausedUntil ?? null,
      mergedInto: mergedInto ?? null,
      outcome: customerOutcome ?? null,
    } satisfies CaseDocument;
    return [[key, document]];
  },
};
