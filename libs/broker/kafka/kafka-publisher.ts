import { Partitioners, type Producer, type Transaction } from 'kafkajs';
import { errorText } from '../../event-sourcing/error-text.js';
import { TakenOver, UnclearOutcome, type Message, type Publisher } from '../broker.js';
import type { Cluster } from './connection.js';
import { POSITIONS_TOPIC } from './make-topics.js';
import { relayedPosition } from './relayed-position.js';
import { byTopic } from './send-messages.js';

export interface PublisherOptions {
  /** The broker aborts transactions that are open for longer; default: a minute. */
  readonly transactionTimeoutMs?: number;
}

/** kafkajs sends all messages of a partition as one batch, and brokers limit the size of a batch. */
const MOST_BYTES_AT_ONCE = 1024 * 1024;
const TRANSACTION_TIMEOUT_MS = 60_000;
const FENCED: ReadonlySet<unknown> = new Set(['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED']);

/**
 * Publishes each batch and its position as one transaction. After any error, close it and open another: kafkajs has
 * only Kafka's older transactions, which may tear when a producer continues after an error.
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
   * Fences every other publisher of this name. The broker aborts what that one had not committed, and shows readers
   * what it had: a name can begin again only once its last transaction is complete.
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
      // The partitioner of other clients: subscribers that write to their own topics get the same partitions.
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
    // The broker also fences a producer whose transaction stayed open for too long: then no other relay is there.
    if (isFenced(error) && tookMs < this.transactionTimeoutMs)
      return new TakenOver(`Another relay works as ${this.name} now. Run one relay of a name; this one ends.`, {
        cause: error,
      });
    const because = errorText(error);
    return new UnclearOutcome(`Kafka did not confirm whether it has the batch: ${because}`, { cause: error });
  }
}

const isFenced = (error: unknown): boolean =>
  error instanceof Error && (('type' in error && FENCED.has(error.type)) || isFenced(error.cause));

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

/** An estimate: headers and record overhead take about 1,200 bytes. */
const sizeOf = ({ value }: Message): number => 1_200 + (value === null ? 0 : Buffer.byteLength(value));
