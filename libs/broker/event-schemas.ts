import type { TSchema } from 'typebox';
import { DECLARATIONS, type EventType } from '../recovery/history.js';
import { storedSchema, type JsonSchema } from '../recovery/vocabulary/stored-fields.js';

const text = { type: 'string' };

/** How a person's words leave: encrypted with their own key, which stays here and is destroyed to forget them. */
export const SEALED: JsonSchema = {
  type: 'object',
  properties: { sealed: text, key: text, event: text, field: text },
  required: ['sealed', 'key', 'event', 'field'],
  description: "A person's words, encrypted with the customer's key. Ask the API for the plain text, if you may.",
};

/** JSON Schema of an event's data. Open: later versions may add fields. */
export function dataSchemaOf(type: EventType, sealed: JsonSchema = SEALED): JsonSchema {
  const { properties, required }: TSchema & { properties: object; required?: readonly string[] } =
    DECLARATIONS[type].data;
  const fields = Object.entries(properties).map(([name, field]: [string, TSchema]) => [
    name,
    'x-personal' in field ? sealed : open(storedSchema(field)),
  ]);
  return { type: 'object', properties: Object.fromEntries(fields), required: required ?? [] };
}

function open({ additionalProperties: _, ...schema }: JsonSchema): JsonSchema {
  return schema['items'] === undefined ? schema : { ...schema, items: open(schema['items'] as JsonSchema) };
}
