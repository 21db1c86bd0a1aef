import type { FieldType } from '../../event-sourcing/projection.js';
import type { Metric, ResponseEvent, ScoreLevel } from '../response/response-events.js';

export type ReceivedResponse = Extract<ResponseEvent, { type: 'ResponseReceived' }>['data'];

/** What of a response the conditions of triage may speak of: never what is sealed. */
export const RESPONSE_FACT_FIELDS = {
  kind: 'string',
  source: 'string',
  touchpoint: 'string',
  product: 'string',
  agent: 'string',
  language: 'string',
  tags: 'strings',
  contactMe: 'string',
  commentLength: 'integer',
  /** Whether an operational failure touched the customer. */
  failure: 'boolean',
  /** As the thresholds have it: low, high or none. */
  score: 'string',
  nps: 'integer',
  csat: 'integer',
  ces: 'integer',
  stars: 'integer',
} as const satisfies Readonly<Record<string, FieldType>>;

export type ResponseFacts = Readonly<Record<keyof typeof RESPONSE_FACT_FIELDS, unknown>>;

export function responseFacts(response: ReceivedResponse, score: ScoreLevel): ResponseFacts {
  const scoreOf = (metric: Metric) => response.answers.find((answer) => answer.metric === metric)?.score ?? null;
  return {
    kind: response.kind,
    source: response.source,
    touchpoint: response.touchpoint ?? null,
    product: response.product ?? null,
    agent: response.agent ?? null,
    language: response.language ?? null,
    tags: response.tags,
    contactMe: response.contactMe,
    commentLength: response.commentLength,
    failure: response.failure !== undefined,
    score,
    nps: scoreOf('nps'),
    csat: scoreOf('csat'),
    ces: scoreOf('ces'),
    stars: scoreOf('stars'),
  };
}
