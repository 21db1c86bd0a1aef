import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Relay } from '../../apps/relay/relay.js';
import { clusterOf, type Cluster } from '../../libs/broker/kafka/connection.js';
import { kafkaForRelay, RELAY } from '../../libs/broker/kafka/kafka-for-relay.js';
import { KafkaPublisher } from '../../libs/broker/kafka/kafka-publisher.js';
import { TopicReader, type Placed } from '../../libs/broker/kafka/topic-reader.js';
import { TOPIC_NAMES } from '../../libs/recovery/vocabulary/topics.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite-event-store.js';
import { DECLARATIONS } from '../../libs/recovery/history.js';

/** A history, and its topics on the broker of the tests. */
export class TopicsOnKafka {
  readonly said: string[] = [];
  private readonly relays: { stop: AbortController; ended: Promise<unknown> }[] = [];

  private constructor(
    readonly cluster: Cluster,
    readonly folder: string,
    readonly history: SqliteEventStore,
  ) {}

  static async open(brokers: string, folder = mkdtempSync(join(tmpdir(), 'topics-'))): Promise<TopicsOnKafka> {
    const prefix = `test-${randomUUID().slice(0, 8)}.`;
    const cluster = clusterOf({ brokers: brokers.split(','), prefix });
    return new TopicsOnKafka(
      cluster,
      folder,
      SqliteEventStore.open({ folder, declarations: DECLARATIONS, mode: 'write' }),
    );
  }

  relay(
    options: { batchSize?: number; window?: number; history?: SqliteEventStore; transactionTimeoutMs?: number } = {},
  ): {
    relay: Relay;
    ended: Promise<unknown>;
    stop(): Promise<unknown>;
  } {
    const { history = this.history, batchSize, ...publishing } = options;
    const relay = new Relay({
      history,
      ...kafkaForRelay(this.cluster, history, { partitions: 3, ...publishing }),
      say: (_level, sentence) => void this.said.push(sentence),
      retryAfterMs: [20],
      slowAfterMs: 300,
      ...(batchSize === undefined ? {} : { batchSize }),
    });
    const stop = new AbortController();
    const ended = relay.run(stop.signal).then(
      () => undefined,
      (error: unknown) => error,
    );
    this.relays.push({ stop, ended });
    return {
      relay,
      ended,
      stop: () => {
        stop.abort();
        return ended;
      },
    };
  }

  /** The topics that exist now. */
  async names(): Promise<string[]> {
    const admin = this.cluster.kafka.admin();
    await admin.connect();
    const { prefix } = this.cluster;
    const names = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
    await admin.disconnect();
    return names.map((name) => name.slice(prefix.length));
  }

  /** Waits until readers see what ended relays and publishers committed. It fences those that still work. */
  async settled(): Promise<void> {
    const publisher = await KafkaPublisher.open(this.cluster, RELAY);
    await publisher.close();
  }

  /** The content of the topics, for a subscriber who reads them from the start. */
  async published(): Promise<Placed[]> {
    const reader = new TopicReader(this.cluster);
    const messages: Placed[] = [];
    const ranges = (await reader.partitions(TOPIC_NAMES)).map(({ low, high, ...at }) => ({
      ...at,
      from: low,
      to: high,
    }));
    await reader.read(ranges, (message) => void messages.push(message));
    return messages;
  }

  async end(): Promise<void> {
    for (const { stop } of this.relays) stop.abort();
    await Promise.all(this.relays.map(({ ended }) => ended));
    await this.history.close();
    rmSync(this.folder, { recursive: true, force: true });
    const admin = this.cluster.kafka.admin();
    await admin.connect();
    const mine = (await admin.listTopics()).filter((topic) => topic.startsWith(this.cluster.prefix));
    await admin.deleteTopics({ topics: mine });
    await admin.disconnect();
  }
}

const WITHIN_MS = 40_000;

/** Retries until the condition holds. */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + WITHIN_MS;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`Within ${WITHIN_MS / 1_000} s this did not come: ${what}`);
    await new Promise((again) => setTimeout(again, 20));
  }
}
