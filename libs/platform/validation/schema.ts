import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { Static, TObject, TProperties, TSchema } from 'typebox';
import { object } from '../../event-sourcing/schema.js';
import { invalid, type FieldMistake } from '../problem/problem.js';
import { zoneProblem } from '../../recovery/calendar/zone.js';
import { hasControlCharacter, isDay, isEmail, isId, isInstant, LANGUAGE } from './formats.js';

const ajv = new Ajv({ allErrors: true, verbose: true, strict: true, allowUnionTypes: true });
ajv.addFormat('instant', { type: 'string', validate: isInstant });
ajv.addFormat('day', { type: 'string', validate: isDay });
ajv.addFormat('e-mail', { type: 'string', validate: isEmail });
ajv.addFormat('zone', { type: 'string', validate: (value: string) => zoneProblem(value) === undefined });
ajv.addFormat('id', { type: 'string', validate: isId });
ajv.addFormat('plain-text', { type: 'string', validate: (value: string) => !hasControlCharacter(value) });
ajv.addFormat('language', { type: 'string', validate: LANGUAGE });
// Notes of fields (libs/recovery/vocabulary/fields.ts), which check nothing.
ajv.addVocabulary(['x-personal', 'x-identity', 'x-given']);

/** Declares a message: its fields, no other, and what it may look like, for the documentation of the API. */
export const message = <Fields extends TProperties>(fields: Fields, example: object): TObject<Fields> =>
  object(fields, { examples: [example] });

const validators = new WeakMap<TSchema, ValidateFunction>();

/** What is wrong with the value as this message; nothing where it is right. Compiled once, then about a microsecond. */
export function mistakesOf(schema: TSchema, value: unknown): readonly FieldMistake[] {
  let validate = validators.get(schema);
  if (validate === undefined) validators.set(schema, (validate = ajv.compile(schema)));
  if (validate(value)) return [];
  return (validate.errors ?? []).slice(0, MOST_MISTAKES).map(mistakeOf);
}

const MOST_MISTAKES = 20;

/** @throws Problem naming every field at fault. */
export function valid<Message extends TSchema>(schema: Message, value: unknown): Static<Message> {
  const mistakes = mistakesOf(schema, value);
  if (mistakes.length > 0) throw invalid(mistakes);
  return value as Static<Message>; // as its schema says
}

function mistakeOf(error: ErrorObject): FieldMistake {
  const at = error.instancePath.slice(1);
  const within = (name: unknown): string => (at === '' ? String(name) : `${at}/${String(name)}`);
  const wrong = (what: string): FieldMistake => ({ field: at, message: `${what}${got(error.data)}` });
  const params: Readonly<Record<string, unknown>> = error.params;
  switch (error.keyword) {
    case 'required':
      return { field: within(params['missingProperty']), message: 'is required' };
    case 'additionalProperties':
      return { field: within(params['additionalProperty']), message: 'is not a field of this message' };
    case 'const':
      return wrong(`must be ${String(params['allowedValue'])}`);
    case 'enum':
      return wrong(`must be one of ${(params['allowedValues'] as unknown[]).join(', ')}`);
    case 'format':
      return wrong(`must be ${FORMATS[String(params['format'])] ?? 'well formed'}`);
    case 'type':
      if (at === '') return { field: at, message: 'The body must be a JSON object' };
      return wrong(`must be ${A[String(params['type'])] ?? String(params['type'])}`);
    default:
      return wrong(BOUNDS[error.keyword]?.(Number(params['limit'])) ?? error.message ?? 'is wrong');
  }
}

const BOUNDS: Readonly<Record<string, (limit: number) => string>> = {
  minItems: (limit) => `must have at least ${limit} ${limit === 1 ? 'entry' : 'entries'}`,
  maxItems: (limit) => `must have at most ${limit} ${limit === 1 ? 'entry' : 'entries'}`,
  minLength: (limit) => `must have at least ${limit} ${limit === 1 ? 'character' : 'characters'}`,
  maxLength: (limit) => `must have at most ${limit} characters`,
  minimum: (limit) => `must be at least ${limit}`,
  maximum: (limit) => `must be at most ${limit}`,
};

const A: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

const FORMATS: Readonly<Record<string, string>> = {
  instant: 'an instant such as 2031-05-05T09:00:00Z',
  day: 'a day such as 2031-05-05',
  id: 'an id (a UUID)',
  'e-mail': 'an address such as eva@example.org',
  zone: 'an IANA zone such as Europe/Berlin',
  language: 'a language tag such as en or pt-BR',
  'plain-text': 'text without control characters',
};

/** The value as it came, where it is short enough to help. */
function got(value: unknown): string {
  if (value !== null && typeof value === 'object') return '';
  const shown = JSON.stringify(value) ?? '';
  return shown.length > 60 ? '' : `, not ${shown}`;
}
