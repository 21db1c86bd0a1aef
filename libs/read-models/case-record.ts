import type { Recorded } from '../event-sourcing/event.js';
import type { PersonalText } from '../event-sourcing/sealed.js';
import type { CaseEvent, CaseEventOf } from '../recovery/case/case.js';
import type { OfferAnswer, Verdict } from '../recovery/vocabulary/words.js';

export type Told<T extends CaseEvent['type']> = Recorded<CaseEventOf<T>>;

/** Who did it, and when it happened. */
const doneBy = ({ actor, occurredAt }: Recorded) => ({ by: actor.id, at: occurredAt });

/** `breaches` are the rules of contact that it broke. */
export const attemptMade = (event: Told<'ContactAttempted'>, cycle: number) => {
  const { channel, outcome, note = null, breaches = [] } = event.data;
  return { ...doneBy(event), event: event.id, cycle, channel, outcome, note, breaches };
};

export const offerMade = (event: Told<'ResolutionOffered'>, cycle: number) => {
  const { offer, kind, value = null, description = null, needsAuthority } = event.data;
  return { ...doneBy(event), offer, cycle, kind, value, description, needsAuthority, ...UNANSWERED };
};
const UNANSWERED = {
  authorisedBy: null as string | null,
  answer: null as OfferAnswer | null,
  answeredAt: null as string | null,
};

/** `readAs` is the same cause under the mapping of the rules in force when it was found. */
export const causeFound = (event: Told<'RootCauseIdentified'>, readAs: readonly string[]) => {
  const { cause, action = null } = event.data;
  return { ...doneBy(event), cause, readAs, action };
};

/** Steps of a case that happen any number of times and have nothing more to them. */
export const stepTaken = (
  event: Recorded,
  step:
    'submitted' | 'given-up' | 'approved' | 'returned' | 'reopened' | 'paused' | 'resumed' | 'handed-off' | 'escalated',
  cycle: number,
  reason: string | null,
) => ({ ...doneBy(event), step, cycle, reason });

export const noteAdded = (event: Told<'NoteAdded'>) => ({ ...doneBy(event), note: event.data.note });

export const messageSent = (event: Told<'ProgressUpdateSent' | 'CustomerInformed'>, kind: 'progress' | 'closing') => {
  const { channel, message = null } = event.data;
  return { ...doneBy(event), kind, channel, message };
};

export const saleMade = (event: Told<'SaleRecorded'>) => {
  const { value = null, description = null } = event.data;
  return { ...doneBy(event), value, description };
};

export const reSurveySent = ({ data: { survey, channel }, occurredAt }: Told<'ReSurveySent'>, cycle: number) => ({
  survey,
  cycle,
  channel,
  sentAt: occurredAt,
  answeredAt: null as string | null,
  answers: [] as Told<'ReSurveyAnswered'>['data']['answers'],
  comment: null as PersonalText | null,
});

export const calledBack = (event: Told<'CallbackRecorded'>) => {
  const { outcome, satisfied = null, note = null } = event.data;
  return { ...doneBy(event), outcome, satisfied, note };
};

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
  /** How often contact rules were broken. */
  contactBreaches: 0,
  offers: [] as Made<typeof offerMade>,
  cause: null as Made<typeof causeFound>[number] | null,
  steps: [] as Made<typeof stepTaken>,
  summary: null as PersonalText | null,
  notes: [] as Made<typeof noteAdded>,
  messages: [] as Made<typeof messageSent>,
  sales: [] as Made<typeof saleMade>,
  reSurveys: [] as Made<typeof reSurveySent>,
  callbacks: [] as Made<typeof calledBack>,
  /** Sources' verdicts by target. */
  reported: {} as Readonly<Record<string, Verdict>>,
});

/** What of a case is recorded beside its facts: everything that was said of it and done for it. */
export type CaseRecord = Readonly<ReturnType<typeof begin>>;
