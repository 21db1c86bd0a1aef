import { setTimeout as after } from 'node:timers/promises';
import type { Admin, ITopicConfig } from 'kafkajs';
import { DAY_MS } from '../../recovery/rules/duration.js';
import { INBOUND_TOPIC, REJECTS_TOPIC } from '../inbound-topics.js';
import { TOPIC_NAMES, TOPICS } from '../topics.js';
import type { Cluster } from './connection.js';

/** Where the relay writes how far it has come, in the transaction of the batch. Compacted: the last one counts. */
export const POSITIONS_TOPIC = 'amends.relay';

/** More than the largest event with its envelope. */
const MOST_BYTES = 4 * 1024 * 1024;
/** What is sent in holds persons' words in plain: it stays for as long as it takes to mend what refused it. */
const INBOUND_DAYS = 7;

export interface TopicOptions {
  /** Of each topic of events; it can be raised later, but then keys move to other partitions. */
  readonly partitions?: number;
  /** Copies of each partition; default: as the brokers have it. */
  readonly replicas?: number;
}

/** Makes the topics that are missing; those that are there stay as they are. Resolves to the names of the new ones. */
export async function makeTopics(
  { kafka, prefix }: Cluster,
  { partitions = 12, replicas = -1 }: TopicOptions = {},
): Promise<string[]> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const there = new Set(await admin.listTopics());
    const missing = wanted(partitions)
      .map((each) => ({ ...each, topic: prefix + each.topic }))
      .filter(({ topic }) => !there.has(topic));
    if (missing.length === 0) return [];
    await admin.createTopics({
      // kafkajs gives up where a broker has not heard of the topic yet from its controller: it is waited for below.
      waitForLeaders: false,
      topics: missing.map((topic) => ({ ...topic, replicationFactor: replicas })),
    });
    for (const { topic } of missing) await hasLeaders(admin, topic);
    return missing.map(({ topic }) => topic);
  } finally {
    await admin.disconnect();
  }
}

/** Which topics that a relay writes to are not there. */
export async function absentTopics({ kafka, prefix }: Cluster): Promise<string[]> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const there = new Set(await admin.listTopics());
    return [...TOPIC_NAMES, POSITIONS_TOPIC].map((name) => prefix + name).filter((name) => !there.has(name));
  } finally {
    await admin.disconnect();
  }
}

/** A new topic is known to the controller before it is to brokers, and to them before its partitions answer. */
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
/** For good: history is kept for good. Who wants less changes the topic. */
const KEPT = { 'retention.ms': '-1' };

const topic = (name: string, numPartitions: number, config: Readonly<Record<string, string>>): ITopicConfig => ({
  topic: name,
  numPartitions,
  configEntries: Object.entries({ ...config, 'max.message.bytes': String(MOST_BYTES) }).map(([key, value]) => ({
    name: key,
    value,
  })),
});

/** kafkajs says so of errors that go by themselves. */
const isPassing = (error: unknown): boolean =>
  error instanceof Error && 'retriable' in error && error.retriable === true;
