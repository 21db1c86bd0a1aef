import { randomUUID } from 'node:crypto';
import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { Message } from '../broker.js';
import type { Cluster } from './connection.js';

export interface Range {
  readonly topic: string;
  readonly partition: number;
  /** Offsets: from the first to before the last. */
  readonly from: bigint;
  readonly to: bigint;
}

export interface Partition {
  readonly topic: string;
  readonly partition: number;
  /** The oldest offset that is kept, and the one that the next message will have. */
  readonly low: bigint;
  readonly high: bigint;
}

export interface Placed extends Message {
  readonly partition: number;
  readonly offset: bigint;
}

/** So long without a step forward, a broker is not only slow. */
const STANDSTILL_MS = 30_000;

/** Reads what is in topics now, as a look from outside: what was not committed is not seen. */
export class TopicReader {
  constructor(private readonly cluster: Cluster) {}

  /**
   * How far readers are shown each partition. Kafka answers a commit before it is shown everywhere. Whoever opens a
   * publisher waits until what that name committed is shown; others may look a moment too early.
   */
  async partitions(topics: readonly string[]): Promise<readonly Partition[]> {
    const admin = this.cluster.kafka.admin();
    await admin.connect();
    try {
      const found: Partition[] = [];
      for (const topic of topics)
        for (const { partition, low, high } of await admin.fetchTopicOffsets(this.cluster.prefix + topic))
          found.push({ topic, partition, low: BigInt(low), high: BigInt(high) });
      return found.toSorted((a, b) => (a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1));
    } finally {
      await admin.disconnect();
    }
  }

  /** Every message of the ranges, in order within each. @throws Error where the broker does not come to their end */
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
    let [ended, failed]: [() => void, (error: Error) => void] = [() => undefined, () => undefined];
    const end = new Promise<void>((resolve, reject) => ([ended, failed] = [resolve, reject]));
    end.catch(() => undefined); // awaited below; it may fail before
    const standstill = setTimeout(() => failed(new Error(standsStill([...left.values()]))), STANDSTILL_MS);
    consumer.on(consumer.events.CRASH, ({ payload }) => failed(payload.error));
    // Batches of nothing but marks of transactions are told here alone.
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
      await this.forget(groupId);
    }
  }

  /** A look leaves no group behind. */
  private async forget(groupId: string): Promise<void> {
    const admin = this.cluster.kafka.admin();
    await admin.connect();
    try {
      await admin.deleteGroups([groupId]);
    } finally {
      await admin.disconnect();
    }
  }
}

const nameOf = ({ topic, partition }: { topic: string; partition: number }): string => `${topic}/${partition}`;

const standsStill = (ranges: readonly Range[]): string =>
  `Kafka gave nothing for ${STANDSTILL_MS / 1_000} s, though there is more in ${ranges.map(nameOf).join(', ')}. Are all its brokers up?`;

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
