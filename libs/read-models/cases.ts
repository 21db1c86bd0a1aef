import type { Recorded } from '../event-sourcing/event.js';
import type { CaseEvent } from '../recovery/case/case-events.js';
import { evolveFacts } from '../recovery/case/case-facts.js';
import type { RecordedEvent } from '../recovery/history.js';
import { readCause } from '../recovery/root-cause/read-cause.js';
import type { CaseDocument, Step } from './case-document.js';
import { onEachCaseEvent } from './case-event-types.js';
import { caseOf, correctedCase } from './case-stream.js';
import type { PartOfInputs, ReadModel } from './inputs.js';

type CaseHappening = RecordedEvent & Recorded<CaseEvent>;

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
  pausedUntil: null,
  alertedAt: null,
  acknowledgedAt: null,
  informedAt: null,
  mergedInto: null,
  outcome: null,
  workedBy: [],
  attempts: [],
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

const including = (workers: readonly string[], worker: string): readonly string[] =>
  workers.includes(worker) ? workers : [...workers, worker];

/** What an event adds to the case beside what the facts say. */
function change(now: CaseDocument, event: CaseHappening, { rules }: PartOfInputs<'rootCauses'>): Partial<CaseDocument> {
  const done = { by: event.actor.id, at: event.occurredAt };
  const { cycle } = now;
  const step = (name: Step['step'], reason?: string) => ({
    steps: [...now.steps, { ...done, step: name, cycle, reason: reason ?? null }],
  });
  const workedBy = including(now.workedBy, event.actor.id);
  switch (event.type) {
    case 'CaseAssigned':
      return { workedBy: including(now.workedBy, event.data.owner) };
    case 'CaseHandedOff':
      return { ...step('handed-off', event.data.reason), workedBy: including(now.workedBy, event.data.toOwner) };
    case 'OwnerAlerted':
      return { alertedAt: now.alertedAt ?? event.occurredAt };
    case 'CaseAcknowledged':
      return { acknowledgedAt: now.acknowledgedAt ?? event.occurredAt };
    case 'ContactAttempted': {
      const { channel, outcome, note } = event.data;
      return {
        workedBy,
        attempts: [...now.attempts, { ...done, event: event.id, cycle, channel, outcome, note: note ?? null }],
      };
    }
    case 'ProgressUpdateSent':
    case 'CustomerInformed': {
      const kind = event.type === 'CustomerInformed' ? ('closing' as const) : ('progress' as const);
      const messages = [
        ...now.messages,
        { ...done, kind, channel: event.data.channel, message: event.data.message ?? null },
      ];
      return kind === 'closing' ? { messages, informedAt: event.occurredAt } : { messages, workedBy };
    }
    case 'ResolutionOffered': {
      const { offer, kind, value, description, needsAuthority } = event.data;
      const made = {
        ...done,
        offer,
        cycle,
        kind,
        value: value ?? null,
        description: description ?? null,
        needsAuthority,
      };
      return { workedBy, offers: [...now.offers, { ...made, authorisedBy: null, answer: null, answeredAt: null }] };
    }
    case 'OfferAuthorised': {
      const authorised = { authorisedBy: event.actor.id };
      return {
        workedBy,
        offers: now.offers.map((made) => (made.offer === event.data.offer ? { ...made, ...authorised } : made)),
      };
    }
    case 'OfferAnswered': {
      const answered = { answer: event.data.answer, answeredAt: event.occurredAt };
      return { offers: now.offers.map((made) => (made.offer === event.data.offer ? { ...made, ...answered } : made)) };
    }
    case 'CasePaused':
      return { ...step('paused', event.data.reason ?? event.data.waitingOn), pausedUntil: event.data.until ?? null };
    case 'CaseResumed':
      return { ...step('resumed', event.data.reason), pausedUntil: null };
    case 'CaseEscalated':
      return step('escalated', `${event.data.to}: ${event.data.reason}`);
    case 'RootCauseIdentified': {
      const { cause, action } = event.data;
      const readAs = readCause(cause, rules.at(event.programme, event.occurredAt), now);
      return { workedBy, cause: { ...done, cause, readAs, action: action ?? null } };
    }
    case 'CaseSubmitted':
      return { ...step('submitted'), workedBy, summary: event.data.summary ?? null };
    case 'CaseGivenUp':
      return { ...step('given-up', event.data.reason), workedBy, summary: event.data.note ?? null };
    case 'CaseApproved':
      return step('approved');
    case 'CaseReturned':
      return step('returned', event.data.reason);
    case 'CaseReopened':
      return step('reopened', event.data.reason);
    case 'CaseMerged':
      return { mergedInto: event.data.into };
    case 'NoteAdded':
      return { notes: [...now.notes, { ...done, note: event.data.note }] };
    case 'SaleRecorded': {
      const { value, description } = event.data;
      return { sales: [...now.sales, { ...done, value: value ?? null, description: description ?? null }] };
    }
    case 'CustomerLost':
      return { outcome: 'lost' };
    case 'CustomerKept':
      return { outcome: 'kept' };
    case 'VerdictReported':
      return { reported: { ...now.reported, [event.data.target]: event.data.verdict } };
    case 'CallbackRecorded': {
      const { outcome, satisfied, note } = event.data;
      return { callbacks: [...now.callbacks, { ...done, outcome, satisfied: satisfied ?? null, note: note ?? null }] };
    }
    case 'ReSurveySent': {
      const { survey, channel } = event.data;
      const sent = { survey, cycle, channel, sentAt: event.occurredAt, answeredAt: null, answers: [], comment: null };
      return { reSurveys: [...now.reSurveys, sent] };
    }
    case 'ReSurveyAnswered': {
      const { survey, answers, comment } = event.data;
      const answered = { answeredAt: event.occurredAt, answers, comment: comment ?? null };
      return { reSurveys: now.reSurveys.map((sent) => (sent.survey === survey ? { ...sent, ...answered } : sent)) };
    }
    case 'CaseOpened':
    case 'CasePriorityChanged':
    case 'EventCorrected':
      return {};
  }
}

function evolve(
  before: CaseDocument | undefined,
  event: CaseHappening,
  inputs: PartOfInputs<'rootCauses'>,
): CaseDocument | undefined {
  const { occurredAt, revision } = event;
  if (!before) {
    const facts = evolveFacts(undefined, event);
    return facts && event.type === 'CaseOpened'
      ? { ...begin(event), ...facts, lastEventAt: occurredAt, revision }
      : undefined;
  }
  const facts = evolveFacts(before, event);
  // Where facts changed, they are a copy already.
  const now: CaseDocument = facts === before ? { ...before } : facts;
  const lastEventAt = occurredAt > before.lastEventAt ? occurredAt : before.lastEventAt;
  return Object.assign(now, change(now, event, inputs), { lastEventAt, revision });
}

/** Everything that is known of a case, open or closed: one document each. */
export const cases: ReadModel<CaseDocument, ['rootCauses']> = {
  name: 'cases',
  version: 2,
  reads: ['rootCauses'],
  fields: {
    case: 'string',
    reference: 'string',
    programme: 'string',
    customer: 'string',
    response: 'string',
    status: 'string',
    kind: 'string',
    priority: 'string',
    team: 'string',
    owner: 'string',
    touchpoint: 'string',
    product: 'string',
    tags: 'strings',
    openedAt: 'instant',
    lastEventAt: 'instant',
    cycle: 'integer',
    workedBy: 'strings',
    outcome: 'string',
  },
  indexes: [['reference'], ['customer', 'openedAt'], ['openedAt'], ['status', 'lastEventAt']],
  ofOneStream: true,
  key: caseOf,
  evolve: onEachCaseEvent(evolve),
  restate: correctedCase,
};
