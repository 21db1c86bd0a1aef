import type { Sealed } from '../../event-sourcing/sealed.js';
import type { CaseEvent } from './case-events.js';

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

const isText = (value: unknown): boolean => typeof value === 'string';
const isWhole = (value: unknown): boolean => Number.isSafeInteger(value);
const isObjectOf = (fields: Readonly<Record<string, (value: unknown) => boolean>>, value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.keys(value).length === Object.keys(fields).length &&
  Object.entries(fields).every(([field, holds]) => holds((value as Readonly<Record<string, unknown>>)[field]));
/** History holds instants in one form, so that they sort as text. */
const isInstant = (value: unknown): boolean =>
  typeof value === 'string' && !Number.isNaN(Date.parse(value)) && new Date(value).toISOString() === value;

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
    holds: (value) => isObjectOf({ amount: isWhole, currency: isText }, value),
  },
  answers: {
    says: 'a list of answers such as {"metric": "nps", "score": 9}',
    holds: (value) =>
      Array.isArray(value) && value.every((answer) => isObjectOf({ metric: isText, score: isWhole }, answer)),
  },
};

const KINDS: Readonly<Record<string, FieldKind>> = {
  until: { says: 'an instant such as 2031-05-05T09:00:00.000Z', holds: isInstant },
  ...NOT_TEXT,
};

/** Of a field that an event of a case has, personal fields apart. */
export const kindOf = (field: string): FieldKind => KINDS[field] ?? text;
