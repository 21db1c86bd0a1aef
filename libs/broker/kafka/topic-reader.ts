import { randomUUID } from 'node:crypto';
import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { Message } from '../broker.js';
import { asAdmin, type Cluster } from './connection.js';

export interface Partition {
  readonly topic: string;
  readonly partition: number;
  /** The oldest kept offset, and the offset of the next message. */
  readonly low: bigint;
  readonly high: bigint;
}

export interface Range extends Pick<Partition, 'topic' | 'partition'> {
  /** Offsets: `from` included, `to` not. */
  readonly from: bigint;
  readonly to: bigint;
}

export interface Placed extends Message {
  readonly partition: number;
  readonly offset: bigint;
}

/** After this long without progress, a broker is not just slow. */
const STANDSTILL_MS = 30_000;

/** Reads what topics hold now, without a lasting consumer group. It sees committed messages alone. */
export class TopicReader {
  constructor(private readonly cluster: Cluster) {}

  /**
   * The offsets that readers can see. Kafka confirms a commit a moment before all readers see it; opening a publisher
   * waits for what its name committed, other readers may be a moment early.
   */
  async partitions(topics: readonly string[]): Promise<readonly Partition[]> {
    return asAdmin(this.cluster.kafka, async (admin) => {
      const found: Partition[] = [];
      for (const topic of topics)
        for (const { partition, low, high } of await admin.fetchTopicOffsets(this.cluster.prefix + topic))
          found.push({ topic, partition, low: BigInt(low), high: BigInt(high) });
      return found.toSorted((a, b) => (a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1));
    });
  }

  /** Hands every message of the ranges to `take`, in order within each. @throws Error when the broker stands still */
  async read(ranges: readonly Range[], take: (message: Placed) => void): Promise<void> {
    const left = new Map(ranges.filter(({ from, to }) => from < to).map((range) => [nameOf(range), range]));
    if (left.size === 0) return;
    const { prefix } = this.cluster;
    const groupId = `${prefix}amends-look-${randomUUID()}`;
    const consumer = this.cluster.kafka.consumer({
      groupId,
      maxWaitTimeInMs: 50,
      maxBytesPerPartition: 4 * 1024 * 1024,
    });
    const wanted = new Map(left);
    const { promise: end, resolve: ended, reject: failed } = Promise.withResolvers<void>();
    end.catch(() => undefined); // awaited below; it may fail before
    const standstill = setTimeout(() => failed(new Error(standsStill([...left.values()]))), STANDSTILL_MS);
    consumer.on(consumer.events.CRASH, ({ payload }) => failed(payload.error));
    // Batches that hold only transaction markers appear here alone.
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { topic, partition, lastOffset } }) => {
      standstill.refresh();
      const name = nameOf({ topic: topic.slice(prefix.length), partition });
      const range = left.get(name);
      if (range !== undefined && BigInt(lastOffset) + 1n >= range.to) left.delete(name);
      if (left.size === 0) ended();
    });
    try {
      await consumer.connect();
      await consumer.subscribe({
        topics: [...new Set(ranges.map(({ topic }) => prefix + topic))],
        fromBeginning: true,
      });
      const running = consumer.run({
        autoCommit: false,
        eachBatch: async ({ batch: { topic: outside, partition, messages }, isStale }) => {
          const topic = outside.slice(prefix.length);
          const range = wanted.get(nameOf({ topic, partition }));
          if (range === undefined || isStale()) return;
          for (const message of messages) {
            const offset = BigInt(message.offset);
            if (offset >= range.from && offset < range.to) take({ ...messageFrom(topic, message), partition, offset });
          }
        },
      });
      for (const { topic, partition, from } of wanted.values())
        consumer.seek({ topic: prefix + topic, partition, offset: String(from) });
      await running;
      await end;
    } finally {
      clearTimeout(standstill);
      await consumer.disconnect();
      await asAdmin(this.cluster.kafka, (admin) => admin.deleteGroups([groupId]));
    }
  }
}

/** The messages of a partition from so many offsets before its end. */
export const endOf = (partition: Partition, length: bigint): Range => {
  const { low, high } = partition;
  return { ...partition, from: high - length > low ? high - length : low, to: high };
};

export const nameOf = ({ topic, partition }: Pick<Partition, 'topic' | 'partition'>): string => `${topic}/${partition}`;

const standsStill = (ranges: readonly Range[]): string =>
  `Kafka sent nothing for ${STANDSTILL_MS / 1_000} s, though there is more in ${ranges.map(nameOf).join(', ')}. Are all its brokers up?`;

export const messageFrom = (topic: string, { key, value, headers }: KafkaMessage): Message => ({
  topic,
  key: key?.toString() ?? '',
  headers: textsOf(headers),
  value: value === null ? null : value.toString(),
});

function textsOf(headers: IHeaders = {}): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const one = Array.isArray(value) ? value[0] : value;
    if (one !== undefined) texts[name] = one.toString();
  }
  return texts;
}
