import { setTimeout as after } from 'node:timers/promises';
import type { EventStore } from '../../event-store/event-store.js';
import { topicOf } from '../topics.js';
import { TOPIC_NAMES, TOPICS, type TopicName } from '../../recovery/vocabulary/topics.js';
import type { Partition, TopicReader } from './topic-reader.js';

export interface TopicFindings {
  readonly topic: TopicName;
  readonly messages: number;
  /** Events of history up to the relay's position that a subscriber who counts revisions never gets. */
  readonly missing: number;
  /** Streams whose messages differ from history. */
  readonly foreign: number;
  /** Messages that such a subscriber drops because it has them already. */
  readonly dropped: number;
  /** The first mistake, in words. */
  readonly first?: string;
  /** A compacted topic keeps the last message of each key only, and others may delete old messages. */
  readonly looked: 'at every event' | 'at what is kept';
}

export interface TopicsVerified {
  readonly clean: boolean;
  readonly position: string | undefined;
  readonly topics: readonly TopicFindings[];
}

/** A stream as a subscriber gets it who takes revision = last + 1. `hash` covers the ids taken, in order. */
interface Taken {
  readonly first: number;
  last: number;
  hash: number;
  /** The same hash over history. */
  inHistory: number;
}

export interface VerifyTopicsOptions {
  readonly history: Pick<EventStore, 'readAll'>;
  readonly reader: TopicReader;
  /** The relay's position. */
  readonly position: string | undefined;
  readonly topics?: readonly TopicName[];
  /** How long to wait before a topic that seems to lack events is read again. */
  readonly lookAgainAfterMs?: number;
}

/** Readers may see the relay's position a moment before they see what it committed to other topics. */
const SHOWN_AFTER_MS = 3_000;

/**
 * Reads whole topics as a subscriber does, and compares the ids of each stream with history, in order, up to the
 * relay's position. Memory grows with the streams, not with the events.
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
      first ??= `The messages of ${stream} up to revision ${last} differ from history.`;
    }
  return {
    topic,
    messages,
    missing,
    foreign,
    dropped,
    first,
    looked: isTrimmed ? 'at what is kept' : 'at every event',
  };
}

const wholeOf = (partition: Partition) => ({ ...partition, from: partition.low, to: partition.high });

/** FNV-1a over the ids in order: for comparison, not protection. */
function hashOf(hash: number, id: string): number {
  let next = hash ^ 0x811c9dc5;
  for (let at = 0; at < id.length; at++) next = Math.imul(next ^ id.charCodeAt(at), 0x01000193);
  return next;
}
