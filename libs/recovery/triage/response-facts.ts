import type { Metric } from '../vocabulary/scales.js';
import type { ResponseEvent } from '../response/response-events.js';
import type { ScoreLevel } from '../vocabulary/words.js';
import type { RESPONSE_FIELDS } from '../rules/response-fields.js';

export type ReceivedResponse = Extract<ResponseEvent, { type: 'ResponseReceived' }>['data'];

/** The fields that conditions of triage read; null if the response lacks one. */
export type ResponseFacts = Readonly<Record<keyof typeof RESPONSE_FIELDS, unknown>>;

export function responseFacts(response: ReceivedResponse, score: ScoreLevel): ResponseFacts {
  const scoreOf = (metric: Metric) => response.answers.find((answer) => answer.metric === metric)?.score ?? null;
  return {
    kind: response.kind,
    source: response.source,
    customer: response.customer,
    touchpoint: response.touchpoint ?? null,
    product: response.product ?? null,
    order: response.order ?? null,
    agent: response.agent ?? null,
    language: response.language ?? null,
    tags: response.tags,
    contactMe: response.contactMe,
    commentLength: response.commentLength,
    failure: response.failure ?? null,
    score,
    nps: scoreOf('nps'),
    csat: scoreOf('csat'),
    ces: scoreOf('ces'),
    stars: scoreOf('stars'),
  };
}
