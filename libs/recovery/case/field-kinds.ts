import type { Sealed } from '../../event-sourcing/sealed.js';
import { offScale, SCALES } from '../response/scales.js';
import type { Answer } from '../response/response-events.js';
import type { CaseEvent, Channel, ContactOutcome } from './case-events.js';

/** What a field holds: a test, and the words for it. */
export interface FieldKind {
  readonly says: string;
  holds(this: void, value: unknown): boolean;
}

type DataOf<E> = E extends { type: 'EventCorrected' } ? never : E extends { data: infer Data } ? Data : never;
type FieldOf<Data> = Data extends unknown ? keyof Data : never;
type ValueOf<Data, F> = Data extends unknown ? (F extends keyof Data ? Data[F] : never) : never;
type CaseData = DataOf<CaseEvent>;
type NotText = {
  [F in FieldOf<CaseData>]: Exclude<ValueOf<CaseData, F>, undefined | Sealed> extends string ? never : F;
}[FieldOf<CaseData>];

type ChoiceOf<Data> = {
  [F in keyof Data]-?: Exclude<Data[F], undefined> extends string
    ? string extends Exclude<Data[F], undefined>
      ? never
      : F
    : never;
}[keyof Data];
type EventWithChoice<E extends CaseEvent = CaseEvent> = E extends CaseEvent
  ? [ChoiceOf<DataOf<E>>] extends [never]
    ? never
    : E['type']
  : never;
type DataOfType<T extends CaseEvent['type']> = DataOf<Extract<CaseEvent, { type: T }>>;

const isText = (value: unknown): boolean => typeof value === 'string';
const isWhole = (value: unknown): boolean => Number.isSafeInteger(value);
const isAmount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
const isMetric = (value: unknown): boolean => typeof value === 'string' && Object.hasOwn(SCALES, value);
const isObjectOf = (fields: Readonly<Record<string, (value: unknown) => boolean>>, value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.keys(value).length === Object.keys(fields).length &&
  Object.entries(fields).every(([field, holds]) => holds((value as Readonly<Record<string, unknown>>)[field]));
/** History holds instants in one form, so that they sort as text; of years beyond four digits they would not. */
const isInstant = (value: unknown): boolean =>
  typeof value === 'string' && /^\d{4}-/.test(value) && isoOrNone(value) === value;
const isoOrNone = (value: string): string | undefined =>
  Number.isNaN(Date.parse(value)) ? undefined : new Date(value).toISOString();

const text: FieldKind = { says: 'text', holds: isText };
const texts: FieldKind = { says: 'a list of texts', holds: (value) => Array.isArray(value) && value.every(isText) };
const flag: FieldKind = { says: 'true or false', holds: (value) => typeof value === 'boolean' };

/** A field of one name means the same in every event of a case. The compiler names here whatever is not text. */
const NOT_TEXT: Readonly<Record<NotText, FieldKind>> = {
  tags: texts,
  cause: texts,
  automatic: flag,
  needsAuthority: flag,
  satisfied: flag,
  cycle: { says: 'a whole number', holds: isWhole },
  value: {
    says: 'money such as {"amount": 500, "currency": "EUR"}, its amount in minor units',
    holds: (value) => isObjectOf({ amount: isAmount, currency: isText }, value),
  },
  answers: {
    says: 'a list of answers such as {"metric": "nps", "score": 9}, one for a metric, each on its scale',
    holds: (value) =>
      Array.isArray(value) &&
      value.every((answer) => isObjectOf({ metric: isMetric, score: isWhole }, answer)) &&
      offScale(value as readonly Answer[]) === undefined,
  },
};

const KINDS: Readonly<Record<string, FieldKind>> = {
  until: { says: 'an instant such as 2031-05-05T09:00:00.000Z', holds: isInstant },
  ...NOT_TEXT,
};

type Listed<Value extends string> = Readonly<Record<Value, true>>;

const CHANNEL: Listed<Channel> = {
  phone: true,
  'e-mail': true,
  chat: true,
  sms: true,
  letter: true,
  social: true,
  'in-person': true,
  other: true,
};
const OUTCOME: Listed<ContactOutcome> = {
  reached: true,
  'no-answer': true,
  voicemail: true,
  'wrong-number': true,
  bounced: true,
  refused: true,
};

/** Fields that hold one of a few texts. The compiler holds this against the types: every field, every text. */
const CHOICES: {
  readonly [T in EventWithChoice]: {
    readonly [F in ChoiceOf<DataOfType<T>>]: Listed<Extract<DataOfType<T>[F], string>>;
  };
} = {
  CaseAssigned: {
    by: { rule: true, 'team-fallback': true, 'programme-fallback': true, person: true, source: true },
  },
  CaseAcknowledged: { channel: CHANNEL },
  ContactAttempted: { channel: CHANNEL, outcome: OUTCOME },
  ProgressUpdateSent: { channel: CHANNEL },
  OfferAnswered: { answer: { accepted: true, declined: true, 'no-answer': true } },
  CasePaused: { waitingOn: { customer: true, 'third-party': true, internal: true } },
  CaseGivenUp: { reason: { unreachable: true, 'contact-refused': true } },
  CustomerInformed: { channel: CHANNEL },
  VerdictReported: { verdict: { met: true, missed: true } },
  CallbackRecorded: { outcome: OUTCOME },
  ReSurveySent: { channel: CHANNEL },
};

function choiceOf(type: CaseEvent['type'], field: string): FieldKind | undefined {
  const fields: Readonly<Record<string, Listed<string>>> = Object.hasOwn(CHOICES, type)
    ? CHOICES[type as EventWithChoice]
    : {};
  const values = Object.hasOwn(fields, field) ? fields[field] : undefined;
  return (
    values && {
      says: `one of ${Object.keys(values).join(', ')}`,
      holds: (value) => typeof value === 'string' && Object.hasOwn(values, value),
    }
  );
}

/** Of a field that an event of this type has, personal fields apart. */
export const kindOf = (type: CaseEvent['type'], field: string): FieldKind =>
  choiceOf(type, field) ?? KINDS[field] ?? text;
