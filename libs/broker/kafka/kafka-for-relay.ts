import type { EventStore } from '../../event-store/event-store.js';
import type { Publisher } from '../broker.js';
import type { Publications } from '../publications.js';
import { checkTail } from './check-tail.js';
import type { Cluster } from './connection.js';
import { KafkaPublisher, type PublisherOptions } from './kafka-publisher.js';
import { makeTopics, type TopicOptions } from './make-topics.js';
import { TopicReader } from './topic-reader.js';

/** One relay of a store works at a time. */
export const RELAY = 'amends-relay';
/** Of ten transactions. */
const WINDOW = 10_000;

/** What a relay needs of Kafka: a new publisher after each error, and a check of the topics before it publishes. */
export const kafkaForRelay = (
  cluster: Cluster,
  history: EventStore,
  { window = WINDOW, ...options }: TopicOptions & PublisherOptions & { readonly window?: number } = {},
) => ({
  async open(): Promise<Publisher> {
    await makeTopics(cluster, options);
    return KafkaPublisher.open(cluster, RELAY, options);
  },
  check: (position: string | undefined, publications: Publications) =>
    checkTail({ history, publications, reader: new TopicReader(cluster), position, window }),
});
