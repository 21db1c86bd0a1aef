import { setTimeout as after } from 'node:timers/promises';
import type { EventStore } from '../../event-store/event-store.js';
import { topicOf, TOPIC_NAMES, TOPICS, type TopicName } from '../topics.js';
import type { Partition, TopicReader } from './topic-reader.js';

export interface TopicFindings {
  readonly topic: TopicName;
  readonly messages: number;
  /** Events that history has, up to where the relay is, and a subscriber who counts revisions never gets. */
  readonly missing: number;
  /** Messages that history does not have, or has otherwise. */
  readonly foreign: number;
  /** Messages that such a subscriber drops: doubles, and what was sent again in its place. */
  readonly dropped: number;
  /** The first thing that is wrong, in words. */
  readonly first?: string;
  /** What was looked for. A compacted topic keeps the last of each key only, another may delete what is old. */
  readonly looked: 'at every event' | 'at what is kept';
}

export interface TopicsVerified {
  readonly clean: boolean;
  readonly position: string | undefined;
  readonly topics: readonly TopicFindings[];
}

/** A stream as a subscriber who takes revision = last + 1 gets it. `hash` is over the ids taken, in order. */
interface Taken {
  readonly first: number;
  last: number;
  hash: number;
  /** The same over history, made while it is read. */
  inHistory: number;
}

export interface VerifyTopicsOptions {
  readonly history: Pick<EventStore, 'readAll'>;
  readonly reader: TopicReader;
  /** Where the relay is. */
  readonly position: string | undefined;
  readonly topics?: readonly TopicName[];
  /** Before a topic in which something seems to be missing is looked at again. */
  readonly lookAgainAfterMs?: number;
}

/** Kafka shows what was committed topic by topic, a moment after it shows the relay's position. */
const SHOWN_AFTER_MS = 3_000;

/**
 * Reads whole topics as a subscriber does, and compares what it would get with history, up to where the relay is: ids
 * in order, stream by stream. Memory grows with the streams, not with the events.
 */
export async function verifyTopics(options: VerifyTopicsOptions): Promise<TopicsVerified> {
  const { position, topics = TOPIC_NAMES, lookAgainAfterMs = SHOWN_AFTER_MS } = options;
  const findings: TopicFindings[] = [];
  for (const topic of topics) {
    let found = await verifyTopic(topic, options);
    if (found.missing > 0) {
      await after(lookAgainAfterMs);
      found = await verifyTopic(topic, options);
    }
    findings.push(found);
  }
  return { clean: findings.every(({ missing, foreign }) => missing + foreign === 0), position, topics: findings };
}

async function verifyTopic(
  topic: TopicName,
  { history, reader, position }: VerifyTopicsOptions,
): Promise<TopicFindings> {
  const { compacted } = TOPICS[topic];
  const partitions = await reader.partitions([topic]);
  const isTrimmed = compacted || partitions.some(({ low }) => low > 0n);
  const streams = new Map<string, Taken>();
  let [messages, dropped] = [0, 0];
  await reader.read(partitions.map(wholeOf), ({ headers }) => {
    messages++;
    const { ce_stream: stream = '', ce_revision: text = '', ce_id: id = '' } = headers;
    const revision = Number(text);
    const taken = streams.get(stream);
    if (taken === undefined && (revision === 1 || isTrimmed))
      streams.set(stream, { first: revision, last: revision, hash: hashOf(0, id), inHistory: 0 });
    else if (taken !== undefined && (compacted ? revision > taken.last : revision === taken.last + 1)) {
      taken.last = revision;
      taken.hash = compacted ? hashOf(0, id) : hashOf(taken.hash, id);
    } else dropped++;
  });
  let [missing, foreign] = [0, 0];
  let first: string | undefined;
  const found = new Set<string>();
  for await (const { events } of history.readAll())
    for (const { type, stream, revision, id, position: at } of events) {
      if (topicOf(type) !== topic) continue;
      const taken = streams.get(stream);
      const isDue = position !== undefined && at <= position;
      if (taken === undefined ? isDue && !isTrimmed : isDue && revision > taken.last) {
        missing++;
        first ??= `Revision ${revision} of ${stream} (${id}) is missing.`;
      } else if (taken !== undefined && revision <= taken.last) {
        if (compacted ? revision === taken.last : revision >= taken.first)
          taken.inHistory = hashOf(taken.inHistory, id);
        if (revision === taken.last) found.add(stream);
      }
    }
  for (const [stream, { last, hash, inHistory }] of streams)
    if (hash !== inHistory || !found.has(stream)) {
      foreign++;
      first ??= `What is there of ${stream} up to revision ${last} is not what history has.`;
    }
  return {
    topic,
    messages,
    missing,
    foreign,
    dropped,
    ...(first === undefined ? {} : { first }),
    looked: isTrimmed ? 'at what is kept' : 'at every event',
  };
}

const wholeOf = ({ topic, partition, low, high }: Partition) => ({ topic, partition, from: low, to: high });

/** FNV-1a over the ids in order: to compare, not to protect. */
function hashOf(hash: number, id: string): number {
  let next = hash ^ 0x811c9dc5;
  for (let at = 0; at < id.length; at++) next = Math.imul(next ^ id.charCodeAt(at), 0x01000193);
  return next;
}
