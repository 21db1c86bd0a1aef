import { TakenOver, UnclearOutcome, type Publisher } from '../../libs/broker/broker.js';
import { ForeignTopics, type TailCheck } from '../../libs/broker/kafka/check-tail.js';
import { messageOf, Publications } from '../../libs/broker/publications.js';
import { eventsOf } from '../../libs/broker/topics.js';
import { TOPIC_NAMES } from '../../libs/recovery/vocabulary/topics.js';
import { errorText } from '../../libs/event-sourcing/error-text.js';
import type { Batch, EventStore } from '../../libs/event-store/event-store.js';
import { pause } from '../../libs/platform/stores/turn.js';

export interface RelayOptions {
  readonly history: EventStore;
  /** Opens a publisher, which fences the one before. */
  open(this: void): Promise<Publisher>;
  /** Compares the topics with history before anything is published. */
  check(this: void, position: string | undefined, publications: Publications): Promise<TailCheck>;
  /** Logs for operators. */
  say(this: void, level: 'log' | 'warn' | 'error', sentence: string): void;
  /** Events in a transaction. */
  readonly batchSize?: number;
  readonly retryAfterMs?: readonly number[];
  /** After this, the state is `waiting`: kafkajs retries for minutes before it gives up. */
  readonly slowAfterMs?: number;
}

export interface RelayState {
  readonly state: 'starting' | 'following' | 'waiting' | 'stopped';
  /** Everything up to here is published. */
  readonly position: string | undefined;
  readonly published: number;
  readonly doubled: number;
  readonly error?: string;
}

const BATCH = 1_000;
const SLOW_AFTER_MS = 5_000;
const RETRY_AFTER_MS = [100, 500, 1_000, 3_000, 10_000];
const TYPES = TOPIC_NAMES.flatMap(eventsOf);

/**
 * Publishes history to the broker, in order. At the start and after every error it compares the ends of the topics with
 * history, and goes on at the first gap.
 */
export class Relay {
  private now: RelayState = { state: 'starting', position: undefined, published: 0, doubled: 0 };

  constructor(private readonly options: RelayOptions) {}

  get state(): RelayState {
    return this.now;
  }

  /** Runs until the signal. @throws TakenOver, ForeignTopics: only a person can mend these */
  async run(signal: AbortSignal): Promise<void> {
    const { say, retryAfterMs = RETRY_AFTER_MS } = this.options;
    for (let tries = 0; !signal.aborted; tries++) {
      const { published } = this.now;
      try {
        await this.publishOn(signal);
      } catch (error) {
        if (signal.aborted) break;
        const because = errorText(error);
        if (error instanceof TakenOver || error instanceof ForeignTopics) {
          this.now = { ...this.now, state: 'stopped', error: because };
          throw error;
        }
        if (this.now.published > published) tries = 0;
        const wait = retryAfterMs[Math.min(tries, retryAfterMs.length - 1)] ?? 0;
        this.now = { ...this.now, state: 'waiting', error: because };
        const what = error instanceof UnclearOutcome ? 'The topics are looked through' : 'It is tried again';
        say('warn', `${because} ${what} in ${wait} ms.`);
        await pause(wait, signal);
      }
    }
    this.now = { ...this.now, state: 'stopped' };
  }

  /** Publishes until an error or the signal. */
  private async publishOn(signal: AbortSignal): Promise<void> {
    const { history, open, check, say, batchSize = BATCH } = this.options;
    const publications = new Publications(history);
    const publisher = await open();
    try {
      const { from, missing, doubled } = await check(await publisher.position(), publications);
      const [first] = missing;
      if (first !== undefined)
        say(
          'warn',
          `${missing.length} events were not in their topics, the first is ${first.id} (revision ${first.revision} of ${first.stream}): sending everything from it on again.`,
        );
      if (doubled > 0)
        say(
          'log',
          `${doubled} messages at the end of the topics are duplicates; subscribers recognise them by their ids.`,
        );
      this.follows({ position: from, doubled });
      const batches = history.follow({
        from,
        filter: { types: TYPES },
        batchSize,
        signal,
      });
      for await (const batch of batches) await this.publish(batch, publisher, publications);
    } finally {
      await publisher.close();
    }
  }

  private async publish({ events, position }: Batch, publisher: Publisher, publications: Publications): Promise<void> {
    if (events.length === 0) return;
    const messages = (await publications.of(events)).map(messageOf);
    const { slowAfterMs = SLOW_AFTER_MS } = this.options;
    const slow = setTimeout(() => {
      this.now = { ...this.now, state: 'waiting', error: `The broker has not taken a batch within ${slowAfterMs} ms.` };
    }, slowAfterMs);
    try {
      await publisher.publish(messages, position);
    } finally {
      clearTimeout(slow);
    }
    this.follows({ position, published: this.now.published + events.length });
  }

  private follows(now: Partial<RelayState>): void {
    this.now = { ...this.now, ...now, state: 'following', error: undefined };
  }
}
