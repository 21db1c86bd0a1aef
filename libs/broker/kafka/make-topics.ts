import { setTimeout as after } from 'node:timers/promises';
import type { Admin, ITopicConfig } from 'kafkajs';
import { DAY_MS } from '../../recovery/rules/duration.js';
import { INBOUND_TOPIC, REJECTS_TOPIC } from '../inbound-topics.js';
import { TOPIC_NAMES, TOPICS } from '../../recovery/vocabulary/topics.js';
import { asAdmin, type Cluster } from './connection.js';

/** The relay's position, written in the transaction of the batch. Compacted: the last record counts. */
export const POSITIONS_TOPIC = 'amends.relay';

/** More than the largest event with its envelope. */
const MOST_BYTES = 4 * 1024 * 1024;
/** Inbound messages hold people's words unsealed: they stay only as long as it takes to mend a refusal. */
const INBOUND_DAYS = 7;

export interface TopicOptions {
  /** For each topic of events. Raising it later moves keys to other partitions. */
  readonly partitions?: number;
  /** Copies of each partition; default: the brokers' setting. */
  readonly replicas?: number;
}

/** Makes missing topics and leaves existing ones alone. Resolves to the names of the new ones. */
export async function makeTopics(
  { kafka, prefix }: Cluster,
  { partitions = 12, replicas = -1 }: TopicOptions = {},
): Promise<string[]> {
  return asAdmin(kafka, async (admin) => {
    const there = new Set(await admin.listTopics());
    const missing = wanted(partitions)
      .map((each) => ({ ...each, topic: prefix + each.topic }))
      .filter(({ topic }) => !there.has(topic));
    if (missing.length === 0) return [];
    await admin.createTopics({
      // kafkajs gives up when a broker has not learned of the topic from its controller yet: hasLeaders waits for that.
      waitForLeaders: false,
      topics: missing.map((topic) => ({ ...topic, replicationFactor: replicas })),
    });
    for (const { topic } of missing) await hasLeaders(admin, topic);
    return missing.map(({ topic }) => topic);
  });
}

/** The topics that a relay writes to and that do not exist. */
export async function absentTopics({ kafka, prefix }: Cluster): Promise<string[]> {
  const there = new Set(await asAdmin(kafka, (admin) => admin.listTopics()));
  return [...TOPIC_NAMES, POSITIONS_TOPIC].map((name) => prefix + name).filter((name) => !there.has(name));
}

/** The controller knows a new topic first, then the brokers, and only then its partitions answer. */
async function hasLeaders(admin: Admin, topic: string): Promise<void> {
  for (let tries = 0; ; tries++)
    try {
      await admin.fetchTopicOffsets(topic);
      return;
    } catch (error) {
      if (!isPassing(error) || tries === LEADER_TRIES) throw error;
      await after(LEADER_WAIT_MS);
    }
}

const LEADER_TRIES = 100;
const LEADER_WAIT_MS = 100;

const wanted = (partitions: number): ITopicConfig[] => [
  ...TOPIC_NAMES.map((name) => topic(name, partitions, TOPICS[name].compacted ? COMPACTED : KEPT)),
  topic(POSITIONS_TOPIC, 1, COMPACTED),
  topic(INBOUND_TOPIC, partitions, { 'retention.ms': String(INBOUND_DAYS * DAY_MS) }),
  topic(REJECTS_TOPIC, 1, { 'retention.ms': String(90 * DAY_MS) }),
];

const COMPACTED = { 'cleanup.policy': 'compact' };
/** For ever, like history. Change the topic to keep less. */
const KEPT = { 'retention.ms': '-1' };

const topic = (name: string, numPartitions: number, config: Readonly<Record<string, string>>): ITopicConfig => ({
  topic: name,
  numPartitions,
  configEntries: Object.entries({ ...config, 'max.message.bytes': String(MOST_BYTES) }).map(([key, value]) => ({
    name: key,
    value,
  })),
});

/** kafkajs marks errors that pass by themselves. */
const isPassing = (error: unknown): boolean =>
  error instanceof Error && 'retriable' in error && error.retriable === true;
