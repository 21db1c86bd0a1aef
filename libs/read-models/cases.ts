import type { Recorded } from '../event-sourcing/event.js';
import type { OpenedCase } from '../recovery/case/case-state.js';
import type { CaseEvent } from '../recovery/case/case.js';
import { readCause } from '../recovery/root-cause/read-cause.js';
import {
  attemptMade,
  begin,
  calledBack,
  causeFound,
  messageSent,
  noteAdded,
  offerMade,
  reSurveySent,
  saleMade,
  stepTaken,
  type CaseRecord,
  type Told,
} from './case-record.js';
import { CASE_FIELDS, ofEachCase, type CaseHappening } from './case-stream.js';
import type { PartOfInputs, ReadModel } from './inputs.js';

interface CaseFact {
  readonly case: OpenedCase;
  readonly more: CaseRecord;
  /** The latest occurredAt of its events, in whatever order they were recorded. */
  readonly lastEventAt: string;
  /** Of the case's stream: what an ETag says. */
  readonly revision: number;
}

type Step = CaseRecord['steps'][number]['step'];
type Known = Pick<CaseFact, 'case' | 'more'>;

type Change<T extends CaseEvent['type']> = (
  now: Known,
  event: Told<T>,
  inputs: PartOfInputs<'rootCauses'>,
) => Partial<CaseRecord>;

const step = ({ case: { facts }, more }: Known, event: Recorded, name: Step, reason: string | null = null) => ({
  steps: [...more.steps, stepTaken(event, name, facts.cycle, reason)],
});

const withOffer = ({ more }: Known, offer: string, change: Partial<CaseRecord['offers'][number]>) => ({
  offers: more.offers.map((made) => (made.offer === offer ? { ...made, ...change } : made)),
});

/** What an event adds to the case beside what the case itself holds. */
const CHANGES: { readonly [T in CaseEvent['type']]?: Change<T> } = {
  OwnerAlerted: ({ more }, { occurredAt }) => ({ alertedAt: more.alertedAt ?? occurredAt }),
  CaseAcknowledged: ({ more }, { occurredAt }) => ({ acknowledgedAt: more.acknowledgedAt ?? occurredAt }),
  ContactAttempted: ({ more, case: { facts } }, event) => {
    const attempt = attemptMade(event, facts.cycle);
    return {
      attempts: [...more.attempts, attempt],
      contactBreaches: more.contactBreaches + attempt.breaches.length,
    };
  },
  ProgressUpdateSent: ({ more }, event) => ({ messages: [...more.messages, messageSent(event, 'progress')] }),
  CustomerInformed: ({ more }, event) => ({
    messages: [...more.messages, messageSent(event, 'closing')],
    informedAt: event.occurredAt,
  }),
  ResolutionOffered: ({ more, case: { facts } }, event) => ({
    offers: [...more.offers, offerMade(event, facts.cycle)],
  }),
  OfferAuthorised: (now, { data, actor }) => withOffer(now, data.offer, { authorisedBy: actor.id }),
  OfferAnswered: (now, { data, occurredAt }) =>
    withOffer(now, data.offer, { answer: data.answer, answeredAt: occurredAt }),
  CaseHandedOff: (now, event) => step(now, event, 'handed-off', event.data.reason),
  CasePaused: (now, event) => step(now, event, 'paused', event.data.reason ?? event.data.waitingOn),
  CaseResumed: (now, event) => step(now, event, 'resumed', event.data.reason),
  CaseEscalated: (now, event) => step(now, event, 'escalated', `${event.data.to}: ${event.data.reason}`),
  RootCauseIdentified: ({ case: { facts } }, event, { rules }) => ({
    cause: causeFound(event, readCause(event.data.cause, rules.at(event.programme, event.occurredAt), facts)),
  }),
  CaseSubmitted: (now, event) => ({ ...step(now, event, 'submitted'), summary: event.data.summary ?? null }),
  CaseGivenUp: (now, event) => ({
    ...step(now, event, 'given-up', event.data.reason),
    summary: event.data.note ?? null,
  }),
  CaseApproved: (now, event) => step(now, event, 'approved'),
  CaseReturned: (now, event) => step(now, event, 'returned', event.data.reason),
  CaseReopened: (now, event) => step(now, event, 'reopened', event.data.reason),
  NoteAdded: ({ more }, event) => ({ notes: [...more.notes, noteAdded(event)] }),
  SaleRecorded: ({ more }, event) => ({ sales: [...more.sales, saleMade(event)] }),
  VerdictReported: ({ more }, { data }) => ({ reported: { ...more.reported, [data.target]: data.verdict } }),
  CallbackRecorded: ({ more }, event) => ({ callbacks: [...more.callbacks, calledBack(event)] }),
  ReSurveySent: ({ more, case: { facts } }, event) => ({
    reSurveys: [...more.reSurveys, reSurveySent(event, facts.cycle)],
  }),
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

const shown = ({ case: now, more, lastEventAt, revision }: CaseFact) => ({
  ...more,
  ...now.facts,
  lastEventAt,
  revision,
  workedBy: now.workers,
  pausedUntil: now.pausedUntil ?? null,
  mergedInto: now.mergedInto ?? null,
  outcome: now.customerOutcome ?? null,
});

export type CaseDocument = Readonly<ReturnType<typeof shown>>;

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
  documents: (fact, key) => [[key, shown(fact)]],
};
