import { METRICS } from '../../recovery/vocabulary/scales.js';

import { COLUMN_TYPES, ENCODINGS, REPEATED_HOUR } from './mapping.js';
import { NUMBER_STYLES } from './numbers.js';

/** The shape of a mapping file, published as mappings/mapping.schema.json for editors. */
const text = { type: 'string', minLength: 1 };
const columns = { type: 'array', items: text, minItems: 1, uniqueItems: true };
const filter = { type: 'object', minProperties: 1 };
const numbers = { enum: NUMBER_STYLES, description: 'How numbers are written, by an example.' };
const columnType = { enum: COLUMN_TYPES };

export const MAPPING_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  $id: 'https://amends.dev/schemas/mapping.schema.json',
  title: 'Amends mapping',
  description: "How a source's file becomes events. See docs/mappings.md.",
  type: 'object',
  additionalProperties: false,
  required: ['programme', 'title', 'source', 'pack', 'format', 'zone', 'dates', 'rows', 'emit'],
  properties: {
    programme: {
      type: 'string',
      pattern: '^[a-z][a-z0-9-]*$',
      description: 'The line of work that the cases belong to.',
    },
    title: text,
    source: {
      type: 'string',
      pattern: '^[a-z][a-z0-9-]*$',
      description: 'Names the source for good: part of every id.',
    },
    notice: text,
    pack: { ...text, description: "The rule set to start from: a path, from the mapping's folder." },
    format: {
      type: 'object',
      additionalProperties: false,
      required: ['type'],
      properties: {
        type: { const: 'csv' },
        delimiter: { type: 'string', minLength: 1, maxLength: 1 },
        encoding: { enum: ENCODINGS },
      },
    },
    zone: { ...text, description: 'IANA time zone of dates without an offset.' },
    dates: { ...text, description: 'Such as d/M/yyyy H:mm, or iso.' },
    repeatedHour: {
      enum: [...REPEATED_HOUR],
      description: 'Which one a date without an offset means of an hour that comes twice, when clocks go back.',
    },
    numbers,
    columns: {
      type: 'object',
      description: 'What conditions compare columns as.',
      additionalProperties: {
        oneOf: [
          columnType,
          {
            type: 'object',
            additionalProperties: false,
            required: ['type'],
            properties: { type: columnType, numbers, dates: text },
          },
        ],
      },
    },
    empty: { type: 'array', items: { type: 'string' } },
    rows: {
      type: 'object',
      additionalProperties: false,
      required: ['group', 'grouped', 'id'],
      properties: { group: text, grouped: { enum: ['together', 'anywhere'] }, order: columns, id: columns },
    },
    customer: text,
    personal: columns,
    backFilled: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['columns', 'until'],
        properties: { columns, until: filter },
      },
    },
    triage: { const: 'as-of', description: 'The rules in force at a response decide whether it opens a case.' },
    emit: { type: 'array', minItems: 1, items: { $ref: '#/definitions/emit' } },
  },
  definitions: {
    emit: {
      type: 'object',
      additionalProperties: false,
      required: ['type', 'occurredAt'],
      properties: {
        type: text,
        when: {
          oneOf: [
            { $ref: '#/definitions/when' },
            { type: 'array', minItems: 1, items: { $ref: '#/definitions/when' } },
          ],
        },
        occurredAt: { $ref: '#/definitions/instant' },
        knownAt: { $ref: '#/definitions/instant' },
        set: { type: 'object', additionalProperties: { $ref: '#/definitions/value' } },
      },
    },
    when: {
      type: 'object',
      additionalProperties: false,
      minProperties: 1,
      properties: {
        first: { type: 'boolean' },
        changed: columns,
        unchanged: columns,
        row: filter,
        previous: filter,
        firstTime: filter,
      },
    },
    instant: {
      oneOf: [
        text,
        {
          type: 'object',
          additionalProperties: false,
          required: ['column'],
          properties: { column: text, dates: text },
        },
      ],
    },
    value: {
      anyOf: [
        { type: ['string', 'number', 'boolean'] },
        { type: 'array', items: { type: 'string' } },
        {
          type: 'object',
          additionalProperties: false,
          required: ['column'],
          properties: {
            column: text,
            map: { type: 'object', minProperties: 1, additionalProperties: { type: 'string' } },
            otherwise: { type: 'string' },
          },
        },
        { type: 'object', additionalProperties: false, required: ['previous'], properties: { previous: text } },
        {
          type: 'object',
          additionalProperties: false,
          required: ['path'],
          properties: { path: columns, blank: text },
        },
        {
          type: 'object',
          additionalProperties: false,
          required: ['scores'],
          properties: {
            scores: {
              type: 'object',
              minProperties: 1,
              propertyNames: { enum: METRICS },
              additionalProperties: text,
            },
          },
        },
        {
          type: 'object',
          additionalProperties: false,
          required: ['money'],
          properties: {
            money: {
              type: 'object',
              additionalProperties: false,
              required: ['amount', 'currency'],
              properties: {
                amount: text,
                currency: {
                  oneOf: [
                    text,
                    { type: 'object', additionalProperties: false, required: ['column'], properties: { column: text } },
                  ],
                },
              },
            },
          },
        },
        {
          type: 'object',
          additionalProperties: false,
          required: ['rule'],
          properties: { rule: { const: 'fallbackOwner' } },
        },
      ],
    },
  },
};
