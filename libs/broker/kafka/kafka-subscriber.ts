import type { Delivered, Subscriber, Subscription } from '../broker.js';
import type { Cluster } from './connection.js';
import { messageFrom } from './topic-reader.js';

/** Subscribes to Kafka as a consumer group, and commits offsets after the work. */
export class KafkaSubscriber implements Subscriber {
  constructor(private readonly cluster: Cluster) {}

  /** @throws what `work` throws; its batch comes again when the group subscribes again */
  async subscribe({ topics, group, signal, work, onState }: Subscription): Promise<void> {
    const { kafka, prefix } = this.cluster;
    const consumer = kafka.consumer({
      groupId: prefix + group,
      maxWaitTimeInMs: 100,
      sessionTimeout: SESSION_MS,
      rebalanceTimeout: REBALANCE_MS,
    });
    const failed = new AbortController();
    const ended = AbortSignal.any([signal, failed.signal]);
    consumer.on(consumer.events.GROUP_JOIN, () => onState?.({ joined: true }));
    consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
      onState?.({ joined: false, because: error.message });
      if (!restart) failed.abort(error);
    });
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: topics.map((topic) => prefix + topic), fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: async ({ batch, resolveOffset, commitOffsetsIfNecessary, heartbeat, isStale }) => {
          if (ended.aborted || isStale()) return;
          const { topic, partition } = batch;
          const messages = batch.messages.map((message): Delivered => ({
            ...messageFrom(topic.slice(prefix.length), message),
            at: `${partition}/${message.offset}`,
          }));
          try {
            await beating(heartbeat, (lost) => work(messages, lost));
          } catch (error) {
            // kafkajs would retry silently. The caller decides about failures.
            return failed.abort(error);
          }
          const last = batch.lastOffset();
          resolveOffset(last);
          const partitions = [{ partition, offset: String(BigInt(last) + 1n) }];
          await commitOffsetsIfNecessary({ topics: [{ topic, partitions }] });
        },
      });
      await aborted(ended);
    } finally {
      await consumer.disconnect();
    }
    failed.signal.throwIfAborted();
  }
}

const BEAT_MS = 3_000;
/** After a lost connection a member joins anew, and the group waits this long for its former session to expire. */
const SESSION_MS = 10_000;
const REBALANCE_MS = 15_000;

/** Sends heartbeats during long work, so that the broker keeps the member. */
async function beating(heartbeat: () => Promise<void>, work: (lost: AbortSignal) => Promise<void>): Promise<void> {
  const lost = new AbortController();
  const beat = setInterval(() => {
    heartbeat().catch((because: unknown) => lost.abort(because));
  }, BEAT_MS);
  try {
    await work(lost.signal);
  } finally {
    clearInterval(beat);
  }
  // Another member may have the partition by now: commit nothing, so that the work comes again there.
  lost.signal.throwIfAborted();
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
