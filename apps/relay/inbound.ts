import { isRefusal, type Refusal } from '../../libs/event-sourcing/decider.js';
import { idOf } from '../../libs/event-sourcing/identity.js';
import type { Delivered, Message, Subscriber, Subscription } from '../../libs/broker/broker.js';
import { SOURCE } from '../../libs/broker/cloud-event.js';
import { INBOUND_TOPIC, REJECTS_TOPIC } from '../../libs/broker/inbound-topics.js';
import { problemOf } from '../../libs/platform/problem/problem-filter.js';
import { invalid } from '../../libs/platform/problem/problem.js';
import { parseJson } from '../../libs/platform/validation/json-body.js';
import { valid } from '../../libs/platform/validation/schema.js';
import { ReceiveResponse } from '../../libs/responses/receive-response.js';

export interface InboundOptions {
  readonly subscriber: Subscriber;
  /** Appends the response to history; resolves once it is durable. It is idempotent. */
  receive(this: void, sent: ReceiveResponse): Promise<object | Refusal>;
  /** Resolves once the rejects are durable. */
  reject(this: void, rejects: readonly Message[]): Promise<void>;
  now(this: void): string;
  onState?: Subscription['onState'];
}

const GROUP = 'amends-inbound';
const CONFLICT = 409;
const STRUCTURED = /^application\/cloudevents\+json\b/;

/**
 * Receives responses from a topic, until the signal. Offsets are committed after the append. A refused message is named
 * in the rejects with the reason; what people said stays in the inbound topic, whose retention ends.
 * @throws what is no fault of a message: the batch comes again
 */
export const takeInbound = (
  { subscriber, receive, reject, now, onState }: InboundOptions,
  signal: AbortSignal,
): Promise<void> =>
  subscriber.subscribe({
    topics: [INBOUND_TOPIC],
    group: GROUP,
    signal,
    ...(onState === undefined ? {} : { onState }),
    work: async (messages) => {
      // Messages of one key in order, keys in parallel, so that one sync of the disk serves many.
      const byKey = Map.groupBy(messages, ({ key, at }) => (key === '' ? at : key));
      const rejects: Message[] = [];
      const take = async (message: Delivered): Promise<void> => {
        try {
          const outcome = await receive(responseIn(message));
          if (isRefusal(outcome)) rejects.push(rejectOf(message, outcome.refused, outcome.because, now()));
        } catch (error) {
          const { status, code, errors } = problemOf(error).details;
          // A conflict with another writer is no fault of the message either.
          if (status >= 500 || status === CONFLICT) throw error;
          // Sentences may quote what was sent, so only fields and what they must be are named.
          const because = errors?.map(({ field, message: must }) => `${field} ${withoutQuote(must)}`.trim()).join('; ');
          rejects.push(rejectOf(message, code, because ?? 'The message is not JSON as a response is sent', now()));
        }
      };
      await Promise.all(
        [...byKey.values()].map(async (run) => {
          for (const message of run) await take(message);
        }),
      );
      if (rejects.length > 0) await reject(rejects);
    },
  });

/** Plain JSON, or a CloudEvent in binary or structured mode. @throws Problem */
function responseIn({ value, headers }: Delivered): ReceiveResponse {
  if (value === null) throw invalid([{ field: '', message: 'The message has no value' }], 400);
  const body = parseJson(Buffer.from(value));
  if (!STRUCTURED.test(headers['content-type'] ?? '')) return valid(ReceiveResponse, body);
  const data = typeof body === 'object' && body !== null && 'data' in body ? body.data : undefined;
  return valid(ReceiveResponse, data ?? {});
}

const withoutQuote = (must: string): string => must.replace(/, not .*$/s, '');

/** The same message gives the same id, so that a reject that is sent twice counts once. */
function rejectOf({ at, topic, headers }: Delivered, reason: string, because: string, time: string): Message {
  return {
    topic: REJECTS_TOPIC,
    // Not the message's own key, which may identify a customer.
    key: at,
    headers: {
      'content-type': 'application/json',
      ce_specversion: '1.0',
      ce_id: idOf('inbound-reject', topic, at),
      ce_source: SOURCE,
      ce_type: 'amends.ResponseRejected',
      ce_time: time,
      ...(headers['ce_id'] === undefined ? {} : { ce_causationid: headers['ce_id'] }),
    },
    value: JSON.stringify({ reason, because, topic, at }),
  };
}
