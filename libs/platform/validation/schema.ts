import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { MAX, MIN, ValidationTypes } from 'class-validator';
import { targetConstructorToSchema } from 'class-validator-jsonschema';
import { invalid, type FieldMistake, type Problem } from '../problem/problem.js';
import { exampleOf } from './example.js';
import { hasControlCharacter, isDay, isId, isInstant, LANGUAGE, partTypeOf } from './fields.js';

export type Message<T extends object> = new () => T;
export type JsonSchema = Readonly<Record<string, unknown>>;

const ajv = new Ajv({ allErrors: true, verbose: true, strict: true, allowUnionTypes: true });
ajv.addFormat('instant', { type: 'string', validate: isInstant });
ajv.addFormat('day', { type: 'string', validate: isDay });
ajv.addFormat('id', { type: 'string', validate: isId });
ajv.addFormat('plain-text', { type: 'string', validate: (value: string) => !hasControlCharacter(value) });
ajv.addFormat('language', { type: 'string', validate: LANGUAGE });

const text = (max: unknown): JsonSchema => ({ type: 'string', minLength: 1, maxLength: max, format: 'plain-text' });

const schemas = new Map<Message<object>, JsonSchema>();

/** The JSON Schema of a message, from its decorators alone; closed: a field that it does not declare is refused. */
export function schemaOf(message: Message<object>): JsonSchema {
  const known = schemas.get(message);
  if (known !== undefined) return known;
  const made = targetConstructorToSchema(message, {
    additionalConverters: {
      text: ({ constraints }) => text(constraints[0]),
      id: { type: 'string', format: 'id' },
      instant: { type: 'string', format: 'instant', maxLength: 40 },
      day: { type: 'string', format: 'day' },
      language: { type: 'string', format: 'language' },
      // The library's own say "number" and so undo "integer".
      [MIN]: ({ constraints }) => ({ minimum: constraints[0] }),
      [MAX]: ({ constraints }) => ({ maximum: constraints[0] }),
      [ValidationTypes.NESTED_VALIDATION]: ({ target, propertyName }) => {
        const type = typeof target === 'function' ? partTypeOf(target as Message<object>, propertyName) : undefined;
        if (type === undefined) throw new Error(`${propertyName} does not say of which type it is.`);
        return schemaOf(type());
      },
    },
  });
  const example = exampleOf(message);
  const shown = example === undefined ? {} : { examples: [example] };
  const schema = { ...made, type: 'object', additionalProperties: false, ...shown };
  schemas.set(message, schema);
  return schema;
}

const validators = new Map<Message<object>, ValidateFunction>();

/** What is wrong with the value as this message; nothing where it is right. Compiled once, then about a microsecond. */
export function mistakesOf(message: Message<object>, value: unknown): readonly FieldMistake[] {
  let validate = validators.get(message);
  if (validate === undefined) validators.set(message, (validate = ajv.compile(schemaOf(message))));
  if (validate(value)) return [];
  return (validate.errors ?? []).slice(0, MOST_MISTAKES).map(mistakeOf);
}

const MOST_MISTAKES = 20;

/** @throws Problem naming every field at fault. */
export function valid<T extends object>(message: Message<T>, value: unknown): T {
  const mistakes = mistakesOf(message, value);
  if (mistakes.length > 0) throw refusedAs(mistakes);
  return value as T;
}

const refusedAs = (mistakes: readonly FieldMistake[]): Problem => invalid(mistakes);

function mistakeOf(error: ErrorObject): FieldMistake {
  const at = error.instancePath.slice(1);
  const within = (name: unknown): string => (at === '' ? String(name) : `${at}/${String(name)}`);
  const params: Readonly<Record<string, unknown>> = error.params;
  switch (error.keyword) {
    case 'required':
      return { field: within(params['missingProperty']), message: 'is required' };
    case 'additionalProperties':
      return { field: within(params['additionalProperty']), message: 'is not a field of this message' };
    case 'enum':
      return {
        field: at,
        message: `must be one of ${(params['allowedValues'] as unknown[]).join(', ')}${got(error.data)}`,
      };
    case 'format':
      return { field: at, message: `must be ${FORMATS[String(params['format'])] ?? 'well formed'}${got(error.data)}` };
    case 'type':
      return {
        field: at,
        message:
          at === ''
            ? 'The body must be a JSON object'
            : `must be ${A[String(params['type'])] ?? String(params['type'])}${got(error.data)}`,
      };
    default:
      return { field: at, message: `${error.message ?? 'is wrong'}${got(error.data)}` };
  }
}

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
  language: 'a language tag such as en or pt-BR',
  'plain-text': 'text without control characters',
};

/** The value as it came, where it is short enough to help. */
function got(value: unknown): string {
  if (value !== null && typeof value === 'object') return '';
  const shown = JSON.stringify(value) ?? '';
  return shown.length > 60 ? '' : `, not ${shown}`;
}
