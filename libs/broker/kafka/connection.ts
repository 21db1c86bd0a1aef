import { Kafka, logLevel, type KafkaConfig, type LogEntry } from 'kafkajs';

/** Kafka, and what stands before the names of the topics there, so that several stores can share it. */
export interface Cluster {
  readonly kafka: Kafka;
  /** Gives up soon, for whoever waits to hear whether Kafka is there. */
  readonly impatient: Kafka;
  readonly prefix: string;
}

export interface KafkaOptions {
  /** Such as 10.0.0.1:9092, 10.0.0.2:9092. */
  readonly brokers: readonly string[];
  readonly clientId?: string;
  /** Before the names of topics, groups and publishers; default: none. */
  readonly prefix?: string;
  readonly tls?: boolean;
  readonly user?: { readonly name: string; readonly password: string };
  /** Told what the client has to say: it never writes to the terminal itself. */
  onLog?(this: void, level: 'error' | 'warn', message: string): void;
}

/**
 * Each transaction opens with a short refusal (CONCURRENT_TRANSACTIONS), so the first try again comes soon; a new
 * broker makes its internal topics first (NOT_COORDINATOR), so there are tries for about ten seconds.
 */
const RETRY = { initialRetryTime: 5, factor: 0.2, multiplier: 1.7, maxRetryTime: 500, retries: 30 };

/** A try for each of a few brokers, all within three seconds. */
const IMPATIENT_RETRY = { ...RETRY, initialRetryTime: 20, retries: 2 };

export function clusterOf({
  brokers,
  clientId = 'amends',
  prefix = '',
  tls = false,
  user,
  onLog,
}: KafkaOptions): Cluster {
  const common: KafkaConfig = {
    brokers: [...brokers],
    clientId,
    ssl: tls,
    ...(user === undefined
      ? {}
      : { sasl: { mechanism: 'scram-sha-512', username: user.name, password: user.password } }),
  };
  return {
    prefix,
    kafka: new Kafka({
      ...common,
      retry: RETRY,
      connectionTimeout: 3_000,
      requestTimeout: 15_000,
      logLevel: onLog === undefined ? logLevel.NOTHING : logLevel.WARN,
      logCreator: () => (entry) => onLog?.(levelOf(entry), sayEntry(entry)),
    }),
    impatient: new Kafka({
      ...common,
      retry: IMPATIENT_RETRY,
      connectionTimeout: 900,
      requestTimeout: 900,
      // What it finds is its answer.
      logLevel: logLevel.NOTHING,
    }),
  };
}

const levelOf = ({ level }: LogEntry): 'error' | 'warn' => (level === logLevel.ERROR ? 'error' : 'warn');

const sayEntry = ({ namespace, log }: LogEntry): string =>
  [namespace, log.message, typeof log['error'] === 'string' ? log['error'] : '']
    .filter((part) => part !== '')
    .join(': ');
