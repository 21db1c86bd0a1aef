import type { DocumentOf } from '../event-sourcing/projection.js';
import type { RecordedEvent } from '../recovery/history.js';
import type { RulesOf } from '../recovery/rules/compile.js';
import type { Answer } from '../recovery/vocabulary/fields.js';
import { heldUntil } from '../recovery/triage/held-back.js';
import { scoreLevel } from '../recovery/triage/triage.js';
import { caseOf, readingOfCase } from './case-stream.js';
import type { ReadModel } from './inputs.js';

const RESPONSE = 'response-';

const fields = {
  about: 'string',
  programme: 'string',
  case: 'string',
  response: 'string',
  kind: 'string',
  touchpoint: 'string',
  product: 'string',
  month: 'string',
  at: 'instant',
  /** Of a response: its score by the rules in force, and what triage decided. */
  score: 'string',
  contactMe: 'string',
  outcome: 'string',
  /** Of what the throttle held back: when it expires, and whether it was released. */
  heldUntil: 'instant',
  released: 'boolean',
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
  /** No answer was given, or a source records none. */
  unanswered: 'integer',
} as const;

/** How far a response, or a case, came. A case names the response it came from. Steps once reached stay reached. */
type FunnelDocument = DocumentOf<typeof fields> & {
  /** The last answer to each offer, in the order in which they were made. */
  readonly answers: readonly { readonly offer: string; readonly answer: string }[];
};

type First = Extract<RecordedEvent, { type: 'ResponseReceived' | 'CaseOpened' }>;

const begin = (about: 'response' | 'case', { data, programme, occurredAt }: First): FunnelDocument => ({
  about,
  programme,
  case: 'case' in data ? data.case : null,
  response: data.response ?? null,
  kind: data.kind,
  touchpoint: data.touchpoint ?? null,
  product: data.product ?? null,
  month: occurredAt.slice(0, 7),
  at: occurredAt,
  score: null,
  contactMe: null,
  outcome: null,
  heldUntil: null,
  released: false,
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
});

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

const heldUntilOf = ({ at }: FunnelDocument, rules: RulesOf<'triage'> | undefined): string | null =>
  heldUntil(at ?? '', rules?.ruleSet.triage?.throttle) ?? null;

const step = (document: FunnelDocument | undefined, reached: Partial<FunnelDocument>): FunnelDocument | undefined =>
  document && { ...document, ...reached };

/** One document for each response and each case, with the steps it reached: reports count them. */
export const funnel: ReadModel<FunnelDocument, ['triage']> = {
  name: 'funnel',
  version: 5,
  reads: ['triage'],
  fields,
  indexes: [],
  ofOneStream: true,
  key: (event) => caseOf(event) ?? (event.stream.startsWith(RESPONSE) ? event.stream : undefined),
  evolve: {
    ResponseReceived: (_, event, { rules }) => {
      const { kind, contactMe, answers } = event.data;
      const score = levelOf(answers, rules.at(event.programme, event.occurredAt));
      // Whoever complains, or asks to be called, is flagged as a low score is.
      const flagged = score === 'low' || kind !== 'survey' || contactMe === 'yes';
      return { ...begin('response', event), score, contactMe, flagged };
    },
    ResponseTriaged: (fact, { data, programme }, { rules }) => {
      const { outcome, case: id = null } = data;
      const heldUntil = outcome === 'held-back' && fact ? heldUntilOf(fact, rules.at(programme, fact.at ?? '')) : null;
      return step(fact, { outcome, case: id, opened: outcome === 'opened', heldUntil });
    },
    ResponseReleased: (fact, { data }) => step(fact, { case: data.case, opened: true, released: true }),
    ResponseExpired: (fact, { data }) => step(fact, { heldUntil: data.heldUntil }),
    CaseOpened: (fact, event) => fact ?? { ...begin('case', event), opened: true },
    ContactAttempted: (fact, { data, occurredAt }) =>
      fact && data.outcome === 'reached' && occurredAt >= (fact.at ?? '') ? step(fact, { contacted: true }) : fact,
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
