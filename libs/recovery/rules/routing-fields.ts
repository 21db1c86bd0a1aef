import type { FieldType } from '../../event-sourcing/projection.js';

/** The fields that conditions of routing can read: what a response and the case that it opens have in common. */
export const ROUTING_FIELDS = {
  kind: 'string',
  priority: 'string',
  touchpoint: 'string',
  product: 'string',
  language: 'string',
  tags: 'strings',
} as const satisfies Readonly<Record<string, FieldType>>;

/** What they read of a case; null if it lacks a field. */
export type RoutingFacts = Readonly<Record<keyof typeof ROUTING_FIELDS, unknown>>;
