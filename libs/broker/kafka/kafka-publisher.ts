import { Partitioners, type Producer, type TopicMessages, type Transaction } from 'kafkajs';
import { errorText } from '../../event-sourcing/error-text.js';
import { TakenOver, UnclearOutcome, type Message, type Publisher } from '../broker.js';
import type { Cluster } from './connection.js';
import { POSITIONS_TOPIC } from './make-topics.js';
import { relayedPosition } from './relayed-position.js';

export interface PublisherOptions {
  /** A transaction that is open for longer is undone by the broker; default: a minute. */
  readonly transactionTimeoutMs?: number;
}

/** kafkajs makes one batch of all messages of a partition, and brokers have a limit for one batch. */
const MOST_BYTES_AT_ONCE = 1024 * 1024;
const TRANSACTION_TIMEOUT_MS = 60_000;
const FENCED: ReadonlySet<unknown> = new Set(['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED']);

/**
 * Publishes batches as transactions, each with the position that it reaches to. It is good for one life: after any
 * error it is closed, and another one opened, because Kafka's older transactions, the only ones that kafkajs has, may
 * tear when a producer goes on after an error.
 */
export class KafkaPublisher implements Publisher {
  private constructor(
    private readonly cluster: Cluster,
    private readonly name: string,
    private readonly producer: Producer,
    private readonly transactionTimeoutMs: number,
    private next: Transaction | undefined,
  ) {}

  /**
   * From here on, every other publisher of this name is shut out; what it had not committed is undone, and what it had
   * committed is shown to all readers: Kafka lets a name begin again only once its last transaction is complete.
   */
  static async open(
    cluster: Cluster,
    name: string,
    { transactionTimeoutMs = TRANSACTION_TIMEOUT_MS }: PublisherOptions = {},
  ): Promise<KafkaPublisher> {
    const producer = cluster.kafka.producer({
      transactionalId: cluster.prefix + name,
      idempotent: true,
      maxInFlightRequests: 1,
      transactionTimeout: transactionTimeoutMs,
      allowAutoTopicCreation: false,
      // As other clients do it: subscribers that write to topics of their own find the same partitions.
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    try {
      await producer.connect();
      return new KafkaPublisher(cluster, name, producer, transactionTimeoutMs, await producer.transaction());
    } catch (error) {
      await producer.disconnect();
      throw error;
    }
  }

  position(): Promise<string | undefined> {
    return relayedPosition(this.cluster, this.name);
  }

  async publish(batch: readonly Message[], position: string): Promise<void> {
    const begun = performance.now();
    try {
      const transaction = this.next ?? (await this.producer.transaction());
      this.next = undefined;
      const reached: Message = { topic: POSITIONS_TOPIC, key: this.name, headers: {}, value: position };
      for (const part of inParts([...batch, reached]))
        await transaction.sendBatch({ acks: -1, topicMessages: byTopic(part, this.cluster.prefix) });
      await transaction.commit();
    } catch (error) {
      throw this.meaningOf(error, performance.now() - begun);
    }
  }

  async close(): Promise<void> {
    await this.producer.disconnect();
  }

  private meaningOf(error: unknown, tookMs: number): Error {
    // The broker itself shuts out who leaves a transaction open for too long: that is no other relay.
    if (isFenced(error) && tookMs < this.transactionTimeoutMs)
      return new TakenOver(`Another relay works as ${this.name} now. Run one relay of a name; this one ends.`, {
        cause: error,
      });
    const because = errorText(error);
    return new UnclearOutcome(`Kafka did not say whether the batch is there: ${because}`, { cause: error });
  }
}

const isFenced = (error: unknown): boolean =>
  error instanceof Error && (('type' in error && FENCED.has(error.type)) || isFenced(error.cause));

function byTopic(messages: readonly Message[], prefix: string): TopicMessages[] {
  const topics = new Map<string, TopicMessages>();
  for (const { topic, key, value, headers } of messages) {
    let entry = topics.get(topic);
    if (entry === undefined) topics.set(topic, (entry = { topic: prefix + topic, messages: [] }));
    entry.messages.push({ key, value, headers });
  }
  return [...topics.values()];
}

function* inParts(messages: readonly Message[]): Generator<readonly Message[]> {
  let from = 0;
  let bytes = 0;
  for (const [index, message] of messages.entries()) {
    const size = sizeOf(message);
    if (bytes > 0 && bytes + size > MOST_BYTES_AT_ONCE) {
      yield messages.slice(from, index);
      [from, bytes] = [index, 0];
    }
    bytes += size;
  }
  yield messages.slice(from);
}

/** About: three bytes for a character are more than most have. */
const sizeOf = ({ value }: Message): number => 1_200 + (value === null ? 0 : Buffer.byteLength(value));
