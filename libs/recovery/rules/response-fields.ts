import type { FieldType } from '../../event-sourcing/projection.js';

/** The fields that conditions of triage can read. Texts are sealed; their length, tags and language are not. */
export const RESPONSE_FIELDS = {
  kind: 'string',
  source: 'string',
  customer: 'string',
  touchpoint: 'string',
  product: 'string',
  order: 'string',
  agent: 'string',
  language: 'string',
  failure: 'string',
  tags: 'strings',
  contactMe: 'string',
  /** low, high or none, by the thresholds of the rule set. */
  score: 'string',
  nps: 'number',
  csat: 'number',
  ces: 'number',
  stars: 'number',
  commentLength: 'integer',
} as const satisfies Readonly<Record<string, FieldType>>;
