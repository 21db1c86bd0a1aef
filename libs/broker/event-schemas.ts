import { EVENT_FIELDS } from '../recovery/event-fields.js';
import { DECLARATIONS, type EventType, type RecoveryEvent } from '../recovery/history.js';
import type { Sealed } from '../event-sourcing/sealed.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

type FieldName = RecoveryEvent extends infer E ? (E extends RecoveryEvent ? keyof E['data'] : never) : never;
type ValueOf<F, E = RecoveryEvent> = E extends RecoveryEvent
  ? F extends keyof E['data']
    ? E['data'][F]
    : never
  : never;
type NotText = {
  [F in FieldName]: Exclude<ValueOf<F>, undefined | Sealed> extends string ? never : F;
}[FieldName];

const text: JsonSchema = { type: 'string' };
const texts: JsonSchema = { type: 'array', items: text };
const whole: JsonSchema = { type: 'integer' };
const flag: JsonSchema = { type: 'boolean' };
const instant: JsonSchema = { type: 'string', format: 'date-time' };
const day: JsonSchema = { type: 'string', format: 'date' };
const object = (
  required: Readonly<Record<string, JsonSchema>>,
  optional: Readonly<Record<string, JsonSchema>> = {},
) => ({
  type: 'object',
  properties: { ...required, ...optional },
  required: Object.keys(required),
});

/** A field of one name means the same in every event. The compiler names here whatever is not text. */
const NOT_TEXT: Readonly<Record<NotText, JsonSchema>> = {
  answers: { type: 'array', items: object({ metric: { enum: ['nps', 'csat', 'ces', 'stars'] }, score: whole }) },
  commentLength: { ...whole, description: 'Characters of the comment' },
  tags: texts,
  automatic: flag,
  value: object({ amount: { ...whole, description: 'Minor units, such as cents' }, currency: text }),
  needsAuthority: flag,
  cause: { ...texts, description: 'From the coarsest level to the finest' },
  cycle: whole,
  satisfied: flag,
  withdrawn: { const: true },
  set: { type: 'object', description: 'Fields of the corrected event, with their right values' },
  remainingMs: whole,
  limit: whole,
  customers: texts,
  members: {
    type: 'array',
    items: object(
      { id: text, role: text },
      { capacity: whole, absences: { type: 'array', items: object({ from: day, to: day }) } },
    ),
  },
  content: { type: 'object', description: 'The rule set: docs/rule-set.schema.json' },
  changedCount: whole,
  alone: { const: true },
  from: { type: ['string', 'null'] },
  overThePast: flag,
  book: { type: 'array', items: object({ ruleSet: text, from: { type: ['string', 'null'] } }) },
  replaces: { type: 'array', items: object({ ruleSet: text, from: instant }) },
  rate: { type: 'number' },
  cases: texts,
  drawn: texts,
  fields: texts,
};

/** Text that has a form. */
const FORMED: Readonly<Partial<Record<FieldName, JsonSchema>>> = {
  dueAt: instant,
  until: instant,
  backupMadeAt: instant,
  dueOn: day,
  reviewBy: day,
};

const FIELDS: Readonly<Record<string, JsonSchema>> = { ...FORMED, ...NOT_TEXT };

/** How a person's words leave: encrypted with their own key, which stays here and is destroyed to forget them. */
export const SEALED: JsonSchema = {
  ...object({ sealed: text, key: text, event: text, field: text }),
  description: "A person's words, encrypted with the customer's key. Ask the API for the plain text, if you may.",
};

/** JSON Schema of an event's data. Open: later versions may add fields. */
export function dataSchemaOf(type: EventType, sealed: JsonSchema = SEALED): JsonSchema {
  const fields = Object.entries(EVENT_FIELDS[type]);
  const personal = DECLARATIONS[type].personal ?? [];
  return {
    type: 'object',
    properties: Object.fromEntries(
      fields.map(([field]) => [field, personal.includes(field) ? sealed : (FIELDS[field] ?? text)]),
    ),
    required: fields.filter(([, need]) => need === 'required').map(([field]) => field),
  };
}
