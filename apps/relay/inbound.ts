import { isRefusal, type Refusal } from '../../libs/event-sourcing/decider.js';
import { idOf } from '../../libs/event-sourcing/identity.js';
import type { Delivered, Message, Subscriber, Subscription } from '../../libs/broker/broker.js';
import { SOURCE } from '../../libs/broker/cloud-event.js';
import { INBOUND_TOPIC, REJECTS_TOPIC } from '../../libs/broker/inbound-topics.js';
import { storeDown } from '../../libs/platform/stores/store-down.js';
import { problemOf } from '../../libs/platform/problem/problem-filter.js';
import { invalid } from '../../libs/platform/problem/problem.js';
import { parseJson } from '../../libs/platform/validation/json-body.js';
import { valid } from '../../libs/platform/validation/schema.js';
import { ReceiveResponse } from '../../libs/responses/receive-response.js';
import { firstNamed, Tries, type Moment, type Patience, type Setback } from './patience.js';

export interface InboundOptions {
  readonly subscriber: Subscriber;
  readonly patience: Patience;
  /** Appends the response to history; resolves once it is durable. It is idempotent. */
  receive(this: void, sent: ReceiveResponse): Promise<object | Refusal>;
  /** Resolves once the rejects are durable. */
  reject(this: void, rejects: readonly Message[]): Promise<void>;
  now(this: void): string;
  /** Waits between two tries; ends early at the signal. */
  pause(this: void, ms: number, signal: AbortSignal): Promise<unknown>;
  onState?: Subscription['onState'];
  /** Called for each try that fails without a known reason. */
  onFailure?(this: void, failure: { readonly at: string; readonly error: unknown }): void;
}

/** Messages that wait for their next try. */
export interface Waiting {
  readonly messages: number;
  readonly because: string;
  /** No message gets through. */
  readonly isDown: boolean;
}

const GROUP = 'amends-inbound';
const CONFLICT = 409;
const UNAVAILABLE = 503;
const STRUCTURED = /^application\/cloudevents\+json\b/;

type Outcome = Setback | { readonly kind: 'taken' } | { readonly kind: 'refused'; reason: string; because: string };

/**
 * Receives responses from a topic. Offsets are committed after the append. A refused message is named in the rejects with
 * the reason; what people said stays in the inbound topic, whose retention ends. A message that can't be taken now is
 * tried again in its place, as `patience` has it.
 */
export class Inbound {
  private readonly named = firstNamed();
  private readonly setbacks = new Map<string, Setback>();
  private passed = 0;

  constructor(private readonly options: InboundOptions) {}

  /** Until the signal. @throws what is no fault of a message: the batch comes again */
  run(signal: AbortSignal): Promise<void> {
    const { subscriber, onState } = this.options;
    return subscriber.subscribe({
      topics: [INBOUND_TOPIC],
      group: GROUP,
      signal,
      ...(onState === undefined ? {} : { onState }),
      work: (messages, lost) => this.take(messages, lost === undefined ? signal : AbortSignal.any([signal, lost])),
    });
  }

  get waiting(): Waiting | undefined {
    const all = [...this.setbacks.values()];
    const worst = all.find(({ kind }) => kind === 'service-down') ?? all[0];
    return worst && { messages: all.length, because: worst.because, isDown: worst.kind === 'service-down' };
  }

  /** Takes messages of one key in order, keys in parallel, so that one sync of the disk serves many. */
  private async take(messages: readonly Delivered[], signal: AbortSignal): Promise<void> {
    const byKey = Map.groupBy(messages, ({ key, at }) => (key === '' ? at : key));
    const rejects: Message[] = [];
    const taken = [...byKey.values()].map(async (run) => {
      for (const message of run) rejects.push(...(await this.takeOne(message, signal)));
    });
    // All of them end before the batch may come again.
    const failed = (await Promise.allSettled(taken)).find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
    if (rejects.length > 0) await this.options.reject(rejects);
  }

  /** Resolves to its reject, if it is one. */
  private async takeOne(message: Delivered, signal: AbortSignal): Promise<readonly Message[]> {
    const { patience, now, pause } = this.options;
    const tries = new Tries(patience, this.named, this.passed);
    try {
      for (;;) {
        const outcome = await this.tried(message);
        if (outcome.kind === 'taken') return [];
        if (outcome.kind === 'refused') return [rejectOf(message, outcome, now())];
        this.setbacks.set(message.at, outcome);
        const next = tries.after(outcome, this.at(now()));
        if ('givenUp' in next) {
          const { reason } = outcome;
          return [rejectOf(message, { reason, because: next.givenUp, tries: next.tries }, now())];
        }
        await pause(next.waitMs, signal);
        signal.throwIfAborted();
      }
    } finally {
      this.setbacks.delete(message.at);
    }
  }

  private at(now: string): Moment {
    const failing = [...this.setbacks.values()].filter(({ kind }) => kind === 'failing').length;
    return { now: Date.parse(now), passed: this.passed, failing };
  }

  private async tried(message: Delivered): Promise<Outcome> {
    try {
      const sent = responseIn(message);
      const outcome = await this.options.receive(sent);
      if (isRefusal(outcome)) {
        const { refused: reason, because } = outcome;
        if (NO_RULES.has(reason)) return { kind: 'rules-missing', programme: sent.programme ?? '', reason, because };
        this.passed++;
        return { kind: 'refused', reason, because };
      }
      this.passed++;
      return { kind: 'taken' };
    } catch (error) {
      return this.outcomeOf(error, message);
    }
  }

  private outcomeOf(error: unknown, { at }: Delivered): Outcome {
    const { status, code, errors, detail, headers } = problemOf(error).details;
    if (status === UNAVAILABLE) {
      const down = storeDown(error);
      const because = down === undefined ? detail : `The ${down} can not be reached.`;
      return {
        kind: 'service-down',
        reason: code,
        because,
        retryAfterMs: Number(headers?.['retry-after'] ?? 0) * 1_000,
      };
    }
    // A conflict with another writer is no fault of the message either.
    if (status >= 500 || status === CONFLICT) {
      this.options.onFailure?.({ at, error });
      return {
        kind: 'failing',
        reason: code,
        because: `A response fails again and again (${code}); the log of the app says why.`,
      };
    }
    // Sentences may quote what was sent, so only fields and what they must be are named.
    const because = errors?.map(({ field, message: must }) => `${field} ${withoutQuote(must)}`.trim()).join('; ');
    return { kind: 'refused', reason: code, because: because ?? 'The message is not JSON as a response is sent' };
  }
}

/** Refusals that rules put right which come soon, as where a process starts before the first rules are in force. */
const NO_RULES: ReadonlySet<string> = new Set(['programme-unknown', 'programme-missing']);

/** Plain JSON, or a CloudEvent in binary or structured mode. @throws Problem */
function responseIn({ value, headers }: Delivered): ReceiveResponse {
  if (value === null) throw invalid([{ field: '', message: 'The message has no value; send a response as JSON' }], 400);
  const body = parseJson(Buffer.from(value));
  if (!STRUCTURED.test(headers['content-type'] ?? '')) return valid(ReceiveResponse, body);
  const data = typeof body === 'object' && body !== null && 'data' in body ? body.data : undefined;
  return valid(ReceiveResponse, data ?? {});
}

const withoutQuote = (must: string): string => must.replace(/, not .*$/s, '');

/** The same message gives the same id, so that a reject that is sent twice counts once. */
function rejectOf(
  { at, topic, headers }: Delivered,
  { reason, because, tries = 1 }: { readonly reason: string; readonly because: string; readonly tries?: number },
  time: string,
): Message {
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
    value: JSON.stringify({ reason, because, topic, at, tries }),
  };
}
