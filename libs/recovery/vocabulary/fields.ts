import type { Static, TProperties, TSchema } from 'typebox';
import { field, object, optional } from '../../event-sourcing/schema.js';
import type { PersonalText } from '../../event-sourcing/sealed.js';
import { METRICS, type Metric } from './scales.js';

/*
 * What a field can hold. Each is a type and a JSON Schema with the limits of what comes in from outside; what stands in
 * history has none but its kind (stored-fields.ts). Three notes may stand beside: x-personal (sealed with the customer's
 * key), x-identity (says which one it is, so no correction sets it) and x-given (the import fills it, no mapping does).
 */

/** Text of 1 to `max` characters (code points), with no control characters but tab and line ends. */
export const Text = (max = 200) =>
  field<string>({ type: 'string', minLength: 1, maxLength: max, format: 'plain-text' });

/** A person's words. */
export const Personal = field<PersonalText>({ ...Text(20_000), 'x-personal': true });

export const Texts = (most: number, max = 100, least = 0) =>
  field<readonly string[]>({ type: 'array', items: Text(max), minItems: least, maxItems: most });

/** One of a list of words. */
export const OneOf = <const Words extends readonly string[]>(words: Words) =>
  field<Words[number]>({ enum: [...words] });

export const Flag = field<boolean>({ type: 'boolean' });
/** True or left out. */
export const True = field<true>({ const: true });
export const Whole = (least?: number, most?: number) =>
  field<number>({
    type: 'integer',
    ...(least !== undefined && { minimum: least }),
    ...(most !== undefined && { maximum: most }),
  });

/** A share, above 0 and at most 1. */
export const Rate = field<number>({ type: 'number' });

/** An id of ours: a UUID. */
export const Id = field<string>({ type: 'string', format: 'id' });
/** With its offset, such as 2031-05-05T09:00:00Z; history holds it in UTC with milliseconds. */
export const Instant = field<string>({ type: 'string', format: 'instant', maxLength: 40 });
/** Such as 2031-05-05. */
export const Day = field<string>({ type: 'string', format: 'day' });
/** By its BCP 47 tag, such as pt-BR. */
export const Language = field<string>({ type: 'string', format: 'language' });
export const Languages = (most: number) => field<readonly string[]>({ type: 'array', items: Language, maxItems: most });
/** An address such as eva@example.org. */
export const Email = field<string>({ type: 'string', format: 'e-mail', maxLength: 320 });
/** By its IANA name, such as Europe/Berlin. */
export const Zone = field<string>({ type: 'string', format: 'zone', maxLength: 64 });
/** An object whose fields are checked elsewhere, such as a rule set or a filter. */
export const Anything = field<Readonly<Record<string, unknown>>>({ type: 'object' });

/** An object with these fields and no other. */
export const Part = <Fields extends TProperties>(fields: Fields) => object(fields);
/** A list of such objects. */
export const Parts = <Of extends TSchema>(part: Of, most: number, least = 0) =>
  field<readonly Static<Of>[]>({ type: 'array', items: part, minItems: least, maxItems: most });

/** May be left out; null is not leaving out. */
export const Optional = optional;

/** The same field with notes and words beside it. Optional comes last, around this. */
export const noted = <Of extends TSchema>(field: Of, notes: object): Of => ({ ...field, ...notes });
/** Says which one it is: others refer to it, or the stream's place and share depend on it. */
export const identity = <Of extends TSchema>(field: Of): Of => noted(field, { 'x-identity': true });
/** Filled by the import itself. */
export const given = <Of extends TSchema>(field: Of): Of => noted(field, { 'x-given': true });
/** What a source's record means that does not say. */
export const otherwise = <Of extends TSchema>(value: unknown, field: Of): Of => noted(field, { default: value });

export const Money = Part({
  amount: noted(Whole(0, 1_000_000_000_000), { description: 'Minor units, such as cents' }),
  currency: Text(3),
});
/** An amount in minor units (cents) of one currency (ISO 4217). Sums never mix currencies. */
export type Money = Readonly<Static<typeof Money>>;

export const Answer = Part({ metric: field<Metric>({ enum: METRICS }), score: Whole(0, 10) });
export type Answer = Readonly<Static<typeof Answer>>;
/** One for a metric, each on its scale. */
export const Answers = (least = 0) => field<readonly Answer[]>(Parts(Answer, 10, least));

/** From the coarsest level to the finest, such as process, billing, wrong amount. */
export const CausePath = noted(Texts(10, 200, 1), { description: 'From the coarsest level to the finest' });
