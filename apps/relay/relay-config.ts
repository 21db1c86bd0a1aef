import type { KafkaOptions } from '../../libs/broker/kafka/connection.js';
import type { TopicOptions } from '../../libs/broker/kafka/make-topics.js';
import { ConfigurationMistaken } from '../../libs/platform/config/config.js';

/** How Kafka is reached, from the environment. */
export interface KafkaConfig extends KafkaOptions {
  readonly topics: TopicOptions;
  /** Else a process of its own relays, and the app takes responses in alone. */
  readonly relayHere: boolean;
}

const BROKER = /^[^\s:/,]+:\d{1,5}$/;
const PREFIX = /^[A-Za-z0-9._-]{0,100}$/;

/** Undefined where no Kafka is named. @throws ConfigurationMistaken naming every variable at fault */
export function readKafkaConfig(env: Readonly<Record<string, string | undefined>>): KafkaConfig | undefined {
  const mistakes: string[] = [];
  const brokers = (env['KAFKA_BROKERS'] ?? '').split(',').flatMap((text) => (text.trim() === '' ? [] : [text.trim()]));
  const odd = brokers.filter((broker) => !BROKER.test(broker));
  if (odd.length > 0) mistakes.push(`KAFKA_BROKERS must be host:port, host:port, ..., not "${odd.join(', ')}"`);
  const prefix = env['KAFKA_PREFIX'] ?? '';
  if (!PREFIX.test(prefix)) mistakes.push(`KAFKA_PREFIX must be letters, digits, dots and hyphens, not "${prefix}"`);
  const tls = env['KAFKA_TLS'] ?? 'off';
  if (tls !== 'on' && tls !== 'off') mistakes.push(`KAFKA_TLS must be one of on, off, not "${tls}"`);
  const relay = env['AMENDS_RELAY'] ?? 'here';
  if (relay !== 'here' && relay !== 'elsewhere')
    mistakes.push(`AMENDS_RELAY must be one of here, elsewhere, not "${relay}"`);
  const [name, password] = [env['KAFKA_USER'] ?? '', env['KAFKA_PASSWORD'] ?? ''];
  if ((name === '') !== (password === '')) mistakes.push('KAFKA_USER and KAFKA_PASSWORD belong together');
  const partitions = whole('KAFKA_PARTITIONS', env, 1, 256, 12, mistakes);
  const replicas = whole('KAFKA_REPLICAS', env, 1, 10, undefined, mistakes);
  if (mistakes.length > 0) throw new ConfigurationMistaken(mistakes);
  if (brokers.length === 0) return undefined;
  return {
    brokers,
    prefix,
    tls: tls === 'on',
    relayHere: relay === 'here',
    ...(name === '' ? {} : { user: { name, password } }),
    topics: { partitions: partitions ?? 12, ...(replicas === undefined ? {} : { replicas }) },
  };
}

function whole(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
  least: number,
  most: number,
  absent: number | undefined,
  mistakes: string[],
): number | undefined {
  const value = env[name] ?? '';
  if (value === '') return absent;
  if (/^\d+$/.test(value) && Number(value) >= least && Number(value) <= most) return Number(value);
  mistakes.push(`${name} must be a whole number from ${least} to ${most}, not "${value}"`);
  return absent;
}
