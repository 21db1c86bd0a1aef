import { Kafka, logLevel, type Admin, type KafkaConfig, type LogEntry } from 'kafkajs';

/** A Kafka, and the prefix of a store's topics, so that several stores can share it. */
export interface Cluster {
  readonly kafka: Kafka;
  /** Gives up soon, for health checks. */
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
  /** Takes the client's log: the client never writes to the terminal itself. */
  onLog?(this: void, level: 'error' | 'warn', message: string): void;
}

/**
 * Brokers briefly refuse each new transaction (CONCURRENT_TRANSACTIONS), so the first retry comes soon; a new broker
 * makes its internal topics first (NOT_COORDINATOR), so retries go on for about ten seconds.
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
    sasl: user && { mechanism: 'scram-sha-512', username: user.name, password: user.password },
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
      logLevel: logLevel.NOTHING,
    }),
  };
}

/** Does what only an administrator's connection can, which it opens and closes. */
export async function asAdmin<T>(kafka: Kafka, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

const levelOf = ({ level }: LogEntry): 'error' | 'warn' => (level === logLevel.ERROR ? 'error' : 'warn');

const sayEntry = ({ namespace, log }: LogEntry): string =>
  [namespace, log.message, log['error']].filter((part) => typeof part === 'string' && part !== '').join(': ');
