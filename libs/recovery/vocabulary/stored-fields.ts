import type { TSchema } from 'typebox';
import { holds } from '../../event-sourcing/schema.js';
import { isStoredInstant } from '../../event-sourcing/stored-instant.js';
import { offScale } from '../response/scales.js';
import type { Answer } from './fields.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** What bounds a field where it comes in, and says nothing of what history may hold. */
const AT_THE_EDGE: readonly string[] = [
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'maximum',
  'default',
  'x-personal',
  'x-identity',
  'x-given',
];
const FORMATS: Readonly<Record<string, string | undefined>> = { instant: 'date-time', day: 'date' };

/** The schema of a field as history holds it: its kind, without the limits of the edge. */
export function storedSchema(field: TSchema | JsonSchema): JsonSchema {
  const members = Object.entries(field).flatMap(([name, value]): [string, unknown][] => {
    if (AT_THE_EDGE.includes(name)) return [];
    if (name === 'format') return FORMATS[String(value)] === undefined ? [] : [[name, FORMATS[String(value)]]];
    if (name === 'items') return [[name, storedSchema(value as JsonSchema)]];
    if (name === 'properties') {
      const parts = Object.entries(value as Readonly<Record<string, JsonSchema>>);
      return [[name, Object.fromEntries(parts.map(([of, part]) => [of, storedSchema(part)]))]];
    }
    return [[name, value]];
  });
  return Object.fromEntries(members);
}

/** What a field must be, in words, where the value is something else. */
export function notOfKind(field: TSchema, value: unknown): string | undefined {
  const schema = storedSchema(field);
  if (!holds(schema, value)) return words(schema);
  if (schema['format'] === 'date-time' && !isStoredInstant(value)) return words(schema);
  if (isAnswers(schema) && offScale(value as readonly Answer[])) return words(schema);
  return undefined;
}

function words({ type, format, enum: choices, items }: JsonSchema): string {
  if (Array.isArray(choices)) return `one of ${choices.join(', ')}`;
  if (format === 'date-time') return 'an instant such as 2031-05-05T09:00:00.000Z';
  if (type === 'boolean') return 'true or false';
  if (type === 'integer') return 'a whole number';
  if (type === 'object') return 'money such as {"amount": 500, "currency": "EUR"}, its amount in minor units';
  if (type !== 'array') return 'text';
  return isAnswers({ type, items })
    ? 'a list of answers such as {"metric": "nps", "score": 9}, one for a metric, each on its scale'
    : 'a list of texts';
}

const isAnswers = ({ items }: JsonSchema): boolean => (items as JsonSchema | undefined)?.['type'] === 'object';
