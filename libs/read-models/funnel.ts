import type { RulesOf } from '../recovery/rules/compile.js';
import type { Answer } from '../recovery/vocabulary/fields.js';
import { scoreLevel } from '../recovery/triage/triage.js';
import { caseOf, readingOfCase } from './case-stream.js';
import type { ReadModel } from './inputs.js';

type Offers = {
  readonly offers: number;
  readonly accepted: number;
  readonly declined: number;
  /** No answer was given, or a source records none. */
  readonly unanswered: number;
};

/** How far a response, or a case, came. A case names the response it came from. Steps once reached stay reached. */
export type FunnelDocument = Offers & {
  readonly about: 'response' | 'case';
  readonly programme: string;
  readonly case: string | null;
  readonly response: string | null;
  readonly kind: string;
  readonly touchpoint: string | null;
  readonly product: string | null;
  readonly month: string;
  readonly at: string;
  /** Of a response: its score by the rules in force, and what triage decided. */
  readonly score: string | null;
  readonly contactMe: string | null;
  readonly outcome: string | null;
  readonly flagged: boolean;
  readonly opened: boolean;
  readonly contacted: boolean;
  readonly offered: boolean;
  readonly acceptedAny: boolean;
  readonly approved: boolean;
  readonly reSurveyed: boolean;
  readonly recovered: boolean;
  /** The last answer to each offer, in the order in which they were made. */
  readonly answers: readonly { readonly offer: string; readonly answer: string }[];
};

const RESPONSE = 'response-';

const NO_STEPS = {
  flagged: false,
  opened: false,
  contacted: false,
  offered: false,
  acceptedAny: false,
  approved: false,
  reSurveyed: false,
  recovered: false,
  offers: 0,
  accepted: 0,
  declined: 0,
  unanswered: 0,
  answers: [],
};

/** With an answer to an offer, in the place of the one before. */
function answered(document: FunnelDocument, offer: string, answer: string): FunnelDocument {
  const isKnown = document.answers.some((one) => one.offer === offer);
  const answers = isKnown
    ? document.answers.map((one) => (one.offer === offer ? { offer, answer } : one))
    : [...document.answers, { offer, answer }];
  let [accepted, declined] = [0, 0];
  for (const one of answers) {
    if (one.answer === 'accepted') accepted++;
    if (one.answer === 'declined') declined++;
  }
  return {
    ...document,
    offers: answers.length,
    accepted,
    declined,
    unanswered: answers.length - accepted - declined,
    offered: true,
    acceptedAny: accepted > 0,
    answers,
  };
}

const levelOf = (answers: readonly Answer[], rules: RulesOf<'triage'> | undefined) =>
  scoreLevel(answers, rules?.ruleSet.triage?.low ?? {});

const step = (document: FunnelDocument | undefined, reached: Partial<FunnelDocument>): FunnelDocument | undefined =>
  document && { ...document, ...reached };

/** One document for each response and each case, with the steps it reached: reports count them. */
export const funnel: ReadModel<FunnelDocument, ['triage']> = {
  name: 'funnel',
  version: 3,
  reads: ['triage'],
  fields: {
    about: 'string',
    programme: 'string',
    case: 'string',
    response: 'string',
    kind: 'string',
    touchpoint: 'string',
    product: 'string',
    month: 'string',
    at: 'instant',
    score: 'string',
    contactMe: 'string',
    outcome: 'string',
    flagged: 'boolean',
    opened: 'boolean',
    contacted: 'boolean',
    offered: 'boolean',
    acceptedAny: 'boolean',
    approved: 'boolean',
    reSurveyed: 'boolean',
    recovered: 'boolean',
    offers: 'integer',
    accepted: 'integer',
    declined: 'integer',
    unanswered: 'integer',
  },
  indexes: [['programme', 'about', 'month']],
  ofOneStream: true,
  key: (event) => caseOf(event) ?? (event.stream.startsWith(RESPONSE) ? event.stream : undefined),
  evolve: {
    ResponseReceived: (_, { data, programme, occurredAt }, { rules }) => {
      const score = levelOf(data.answers, rules.at(programme, occurredAt));
      return {
        about: 'response',
        programme,
        case: null,
        response: data.response,
        kind: data.kind,
        touchpoint: data.touchpoint ?? null,
        product: data.product ?? null,
        month: occurredAt.slice(0, 7),
        at: occurredAt,
        score,
        contactMe: data.contactMe,
        outcome: null,
        ...NO_STEPS,
        // Whoever complains, or asks to be called, is flagged as a low score is.
        flagged: score === 'low' || data.kind !== 'survey' || data.contactMe === 'yes',
      };
    },
    ResponseTriaged: (fact, { data }) =>
      step(fact, { outcome: data.outcome, case: data.case ?? null, opened: data.outcome === 'opened' }),
    CaseOpened: (fact, { data, programme, occurredAt }) =>
      fact ?? {
        about: 'case',
        programme,
        case: data.case,
        response: data.response ?? null,
        kind: data.kind,
        touchpoint: data.touchpoint ?? null,
        product: data.product ?? null,
        month: occurredAt.slice(0, 7),
        at: occurredAt,
        score: null,
        contactMe: null,
        outcome: null,
        ...NO_STEPS,
        opened: true,
      },
    ContactAttempted: (fact, { data }) => (data.outcome === 'reached' ? step(fact, { contacted: true }) : fact),
    ResolutionOffered: (fact, { data }) => fact && answered(fact, data.offer, 'none'),
    OfferAnswered: (fact, { data }) => fact && answered(fact, data.offer, data.answer),
    // A duplicate goes on in another case, and counts there.
    CaseMerged: () => undefined,
    CaseApproved: (fact) => step(fact, { approved: true }),
    ReSurveyAnswered: (fact, { data, programme, occurredAt }, { rules }) => {
      const score = levelOf(data.answers, rules.at(programme, occurredAt));
      return step(fact, { reSurveyed: true, recovered: score === 'high' && fact?.kind !== 'call-back' });
    },
  },
  reading: readingOfCase,
};
