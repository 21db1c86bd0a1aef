import type { Recorded } from '../event-sourcing/event.js';
import type { PersonalText } from '../event-sourcing/sealed.js';
import type { OpenedCase } from '../recovery/case/case-state.js';
import type { CaseEvent, CaseEventOf } from '../recovery/case/case.js';
import { readCause } from '../recovery/root-cause/read-cause.js';
import type { Breach, OfferAnswer, Verdict } from '../recovery/vocabulary/words.js';
import type { CaseHappening } from './case-stream.js';
import type { PartOfInputs } from './inputs.js';

type Told<T extends CaseEvent['type']> = Recorded<CaseEventOf<T>>;

/** Who did it, and when it happened. */
const doneBy = ({ actor, occurredAt }: Recorded) => ({ by: actor.id, at: occurredAt });

/** `breaches` are the rules that it broke. */
const attemptMade = (event: Told<'ContactAttempted'>, cycle: number) => {
  const { channel, outcome, note = null, breaches = [] } = event.data;
  return { ...doneBy(event), event: event.id, cycle, channel, outcome, note, breaches };
};

const offerMade = (event: Told<'ResolutionOffered'>, cycle: number) => {
  const { offer, kind, value = null, description = null, needsAuthority } = event.data;
  return { ...doneBy(event), offer, cycle, kind, value, description, needsAuthority, ...UNANSWERED };
};
const UNANSWERED = {
  authorisedBy: null as string | null,
  answer: null as OfferAnswer | null,
  answeredAt: null as string | null,
};

/** `readAs` is the same cause under the mapping of the rules in force when it was found. */
const causeFound = (event: Told<'RootCauseIdentified'>, readAs: readonly string[]) => {
  const { cause, action = null } = event.data;
  return { ...doneBy(event), cause, readAs, action };
};

/** Steps of a case that happen any number of times and have nothing more to them. */
const stepTaken = (
  event: Recorded,
  step:
    'submitted' | 'given-up' | 'approved' | 'returned' | 'reopened' | 'paused' | 'resumed' | 'handed-off' | 'escalated',
  cycle: number,
  reason: string | null,
) => ({ ...doneBy(event), step, cycle, reason });

const noteAdded = (event: Told<'NoteAdded'>) => ({ ...doneBy(event), note: event.data.note });

/** `received` is the customer's, the others are ours. */
const messageOf = (
  event: Told<'ProgressUpdateSent' | 'CustomerInformed' | 'CustomerMessageReceived'>,
  kind: 'received' | 'progress' | 'closing',
) => {
  const { channel, message = null } = event.data;
  return { ...doneBy(event), kind, channel, message };
};

const saleMade = (event: Told<'SaleRecorded'>) => {
  const { value = null, description = null } = event.data;
  return { ...doneBy(event), value, description };
};

const reSurveySent = ({ data: { survey, channel }, occurredAt }: Told<'ReSurveySent'>, cycle: number) => ({
  survey,
  cycle,
  channel,
  sentAt: occurredAt,
  answeredAt: null as string | null,
  answers: [] as Told<'ReSurveyAnswered'>['data']['answers'],
  comment: null as PersonalText | null,
});

const calledBack = (event: Told<'CallbackRecorded'>) => {
  const { outcome, satisfied = null, note = null } = event.data;
  return { ...doneBy(event), outcome, satisfied, note };
};

/** A rule that was broken by what happened. */
const ruleBroken = (event: Recorded, cycle: number, rule: Breach) => ({
  ...{ rule, event: event.id, type: event.type },
  ...{ ...doneBy(event), cycle },
});

type Made<Make extends (...given: never[]) => object> = readonly Readonly<ReturnType<Make>>[];

export const begin = ({ data, programme, occurredAt }: Told<'CaseOpened'>) => ({
  case: data.case,
  reference: data.reference ?? null,
  programme,
  customer: data.customer,
  response: data.response ?? null,
  failure: data.failure ?? null,
  order: data.order ?? null,
  agent: data.agent ?? null,
  openedAt: occurredAt,
  /** Content hash of the rule set that opened it; null where a source's record did. */
  openedUnder: data.ruleSet ?? null,
  alertedAt: null as string | null,
  acknowledgedAt: null as string | null,
  informedAt: null as string | null,
  attempts: [] as Made<typeof attemptMade>,
  /** Rules that were broken, in the order in which that happened; how often, and how often by contacts. */
  breaches: [] as Made<typeof ruleBroken>,
  breachCount: 0,
  contactBreaches: 0,
  /** The same rules, each once. */
  brokenRules: [] as readonly Breach[],
  offers: [] as Made<typeof offerMade>,
  cause: null as Made<typeof causeFound>[number] | null,
  steps: [] as Made<typeof stepTaken>,
  summary: null as PersonalText | null,
  notes: [] as Made<typeof noteAdded>,
  messages: [] as Made<typeof messageOf>,
  sales: [] as Made<typeof saleMade>,
  reSurveys: [] as Made<typeof reSurveySent>,
  callbacks: [] as Made<typeof calledBack>,
  /** Sources' verdicts by target. */
  reported: {} as Readonly<Record<string, Verdict>>,
});

/** What of a case is recorded beside its facts: everything that was said of it and done for it. */
export type CaseRecord = Readonly<ReturnType<typeof begin>>;

type Step = CaseRecord['steps'][number]['step'];
type Known = { readonly case: OpenedCase; readonly more: CaseRecord };

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
  OwnerAlerted: ({ more, case: { facts } }, { occurredAt }) => ({
    alertedAt: more.alertedAt ?? (facts.alerted ? occurredAt : null),
  }),
  CaseAcknowledged: ({ more }, { occurredAt }) => ({ acknowledgedAt: more.acknowledgedAt ?? occurredAt }),
  ContactAttempted: ({ more, case: { facts } }, event) => {
    const attempt = attemptMade(event, facts.cycle);
    return {
      attempts: [...more.attempts, attempt],
      contactBreaches: more.contactBreaches + attempt.breaches.length,
    };
  },
  ProgressUpdateSent: ({ more }, event) => ({ messages: [...more.messages, messageOf(event, 'progress')] }),
  CustomerMessageReceived: ({ more }, event) => ({ messages: [...more.messages, messageOf(event, 'received')] }),
  CustomerInformed: ({ more, case: { facts } }, event) => ({
    messages: [...more.messages, messageOf(event, 'closing')],
    informedAt: facts.informed ? event.occurredAt : more.informedAt,
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

/** The record after an event that left the case as it is `now`. */
export function recordAfter(now: Known, event: CaseHappening, inputs: PartOfInputs<'rootCauses'>): CaseRecord {
  const change = CHANGES[event.type] as Change<CaseEvent['type']> | undefined; // the type is the event's own
  const more = change ? { ...now.more, ...change(now, event, inputs) } : now.more;
  const broken = breachesOf(event);
  if (broken.length === 0) return more;
  return broken.reduce((before, rule) => withBreach(before, event, now.case.facts.cycle, rule), more);
}

const NONE: readonly Breach[] = [];

/** The rules that an event broke. */
export const breachesOf = ({ data }: CaseHappening): readonly Breach[] =>
  (data as { readonly breaches?: readonly Breach[] }).breaches ?? NONE;

const withBreach = (more: CaseRecord, event: Recorded, cycle: number, rule: Breach): CaseRecord => ({
  ...more,
  breaches: [...more.breaches, ruleBroken(event, cycle, rule)],
  breachCount: more.breachCount + 1,
  brokenRules: more.brokenRules.includes(rule) ? more.brokenRules : [...more.brokenRules, rule],
});
