import type { KafkaOptions } from '../../broker/kafka/connection.js';
import type { TopicOptions } from '../../broker/kafka/make-topics.js';
import type { Settings } from './settings.js';

/** How Kafka is reached. */
export interface KafkaConfig extends KafkaOptions {
  readonly topics: TopicOptions;
  /** Else a process of its own relays, and the app takes responses in alone. */
  readonly relayHere: boolean;
}

const BROKER = /^[^\s:/,]+:\d{1,5}$/;
const PREFIX = /^[A-Za-z0-9._-]{0,100}$/;

/** Undefined where no Kafka is named. */
export function kafkaConfig(settings: Settings): KafkaConfig | undefined {
  const { mistakes } = settings;
  const brokers = (settings.text('KAFKA_BROKERS') ?? '').split(',').flatMap((text) => text.trim() || []);
  const odd = brokers.filter((broker) => !BROKER.test(broker));
  if (odd.length > 0) mistakes.push(`KAFKA_BROKERS must be host:port, host:port, ..., not "${odd.join(', ')}"`);
  const prefix = settings.text('KAFKA_PREFIX') ?? '';
  if (!PREFIX.test(prefix)) mistakes.push(`KAFKA_PREFIX must be letters, digits, dots and hyphens, not "${prefix}"`);
  const tls = settings.one('KAFKA_TLS', ['on', 'off'], 'off');
  const relay = settings.one('AMENDS_RELAY', ['here', 'elsewhere'], 'here');
  const [name, password] = [settings.text('KAFKA_USER'), settings.text('KAFKA_PASSWORD')];
  if ((name === undefined) !== (password === undefined)) mistakes.push('KAFKA_USER and KAFKA_PASSWORD belong together');
  const partitions = settings.whole('KAFKA_PARTITIONS', 1, 256, 12);
  const replicas = settings.whole('KAFKA_REPLICAS', 1, 10, undefined);
  if (brokers.length === 0) return undefined;
  return {
    brokers,
    prefix,
    tls: tls === 'on',
    relayHere: relay === 'here',
    ...(name === undefined || password === undefined ? {} : { user: { name, password } }),
    topics: { partitions, ...(replicas === undefined ? {} : { replicas }) },
  };
}
