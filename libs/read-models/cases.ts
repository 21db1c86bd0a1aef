import type { Recorded } from '../event-sourcing/event.js';
import type { OpenedCase } from '../recovery/case/case-state.js';
import { evolveCase, type CaseEvent } from '../recovery/case/case.js';
import type { RecordedEvent } from '../recovery/history.js';
import { readCause } from '../recovery/root-cause/read-cause.js';
import type { CaseDocument, CaseRecord, Step } from './case-document.js';
import { onEachCaseEvent } from './case-event-types.js';
import { caseOf, correctedCase } from './case-stream.js';
import type { PartOfInputs, ReadModel } from './inputs.js';

type CaseHappening = RecordedEvent & Recorded<CaseEvent>;

interface CaseFact {
  readonly case: OpenedCase;
  readonly more: CaseRecord;
}

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

/** What an event adds to the case beside what the case itself holds. */
function change(
  { more: now, case: { facts } }: CaseFact,
  event: CaseHappening,
  { rules }: PartOfInputs<'rootCauses'>,
): Partial<CaseRecord> {
  const done = { by: event.actor.id, at: event.occurredAt };
  const { cycle } = facts;
  const step = (name: Step['step'], reason?: string) => ({
    steps: [...now.steps, { ...done, step: name, cycle, reason: reason ?? null }],
  });
  switch (event.type) {
    case 'CaseHandedOff':
      return step('handed-off', event.data.reason);
    case 'OwnerAlerted':
      return { alertedAt: now.alertedAt ?? event.occurredAt };
    case 'CaseAcknowledged':
      return { acknowledgedAt: now.acknowledgedAt ?? event.occurredAt };
    case 'ContactAttempted': {
      const { channel, outcome, note } = event.data;
      return {
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
      return kind === 'closing' ? { messages, informedAt: event.occurredAt } : { messages };
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
      return { offers: [...now.offers, { ...made, authorisedBy: null, answer: null, answeredAt: null }] };
    }
    case 'OfferAuthorised': {
      const authorised = { authorisedBy: event.actor.id };
      return {
        offers: now.offers.map((made) => (made.offer === event.data.offer ? { ...made, ...authorised } : made)),
      };
    }
    case 'OfferAnswered': {
      const answered = { answer: event.data.answer, answeredAt: event.occurredAt };
      return { offers: now.offers.map((made) => (made.offer === event.data.offer ? { ...made, ...answered } : made)) };
    }
    case 'CasePaused':
      return step('paused', event.data.reason ?? event.data.waitingOn);
    case 'CaseResumed':
      return step('resumed', event.data.reason);
    case 'CaseEscalated':
      return step('escalated', `${event.data.to}: ${event.data.reason}`);
    case 'RootCauseIdentified': {
      const { cause, action } = event.data;
      const readAs = readCause(cause, rules.at(event.programme, event.occurredAt), facts);
      return { cause: { ...done, cause, readAs, action: action ?? null } };
    }
    case 'CaseSubmitted':
      return { ...step('submitted'), summary: event.data.summary ?? null };
    case 'CaseGivenUp':
      return { ...step('given-up', event.data.reason), summary: event.data.note ?? null };
    case 'CaseApproved':
      return step('approved');
    case 'CaseReturned':
      return step('returned', event.data.reason);
    case 'CaseReopened':
      return step('reopened', event.data.reason);
    case 'NoteAdded':
      return { notes: [...now.notes, { ...done, note: event.data.note }] };
    case 'SaleRecorded': {
      const { value, description } = event.data;
      return { sales: [...now.sales, { ...done, value: value ?? null, description: description ?? null }] };
    }
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
    default:
      return NOTHING;
  }
}

const NOTHING = {};

function evolve(
  before: CaseFact | undefined,
  event: CaseHappening,
  inputs: PartOfInputs<'rootCauses'>,
): CaseFact | undefined {
  const now = evolveCase(before?.case, event);
  if (!now) return undefined;
  const { occurredAt, revision } = event;
  if (!before) {
    if (event.type !== 'CaseOpened') return undefined;
    return { case: now, more: { ...begin(event), lastEventAt: occurredAt, revision } };
  }
  const lastEventAt = occurredAt > before.more.lastEventAt ? occurredAt : before.more.lastEventAt;
  return {
    case: now,
    more: { ...before.more, ...change({ case: now, more: before.more }, event, inputs), lastEventAt, revision },
  };
}

/** Everything that is known of a case, open or closed: one document each. */
export const cases: ReadModel<CaseFact, ['rootCauses']> = {
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
  documents: ({ case: now, more }, key) => {
    const { facts, workers, pausedUntil, mergedInto, customerOutcome } = now;
    const document = {
      ...more,
      ...facts,
      workedBy: workers,
      pausedUntil: pausedUntil ?? null,
      mergedInto: mergedInto ?? null,
      outcome: customerOutcome ?? null,
    } satisfies CaseDocument;
    return [[key, document]];
  },
};
