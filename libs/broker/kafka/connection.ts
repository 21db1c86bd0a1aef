import { Kafka, logLevel, type LogEntry } from 'kafkajs';

/** Kafka, and what stands before the names of the topics there, so that several stores can share it. */
export interface Cluster {
  readonly kafka: Kafka;
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

export const clusterOf = ({
  brokers,
  clientId = 'amends',
  prefix = '',
  tls = false,
  user,
  onLog,
}: KafkaOptions): Cluster => ({
  prefix,
  kafka: new Kafka({
    brokers: [...brokers],
    clientId,
    ssl: tls,
    ...(user === undefined
      ? {}
      : { sasl: { mechanism: 'scram-sha-512', username: user.name, password: user.password } }),
    retry: RETRY,
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    logLevel: onLog === undefined ? logLevel.NOTHING : logLevel.WARN,
    logCreator: () => (entry) => onLog?.(levelOf(entry), sayEntry(entry)),
  }),
});

const levelOf = ({ level }: LogEntry): 'error' | 'warn' => (level === logLevel.ERROR ? 'error' : 'warn');

const sayEntry = ({ namespace, log }: LogEntry): string =>
  [namespace, log.message, typeof log['error'] === 'string' ? log['error'] : '']
    .filter((part) => part !== '')
    .join(': ');
