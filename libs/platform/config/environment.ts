import { resolve } from 'node:path';
import { Contains, Matches } from 'class-validator';
import { crashAt } from './crash-at.js';
import { both, From, Holds, Matching, must, OneOf, Whole } from './setting.js';

const BROKER = /^[^\s:/,]+:\d{1,5}$/;
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const LOGINS = 'KAFKA_USER and KAFKA_PASSWORD belong together';

const Prefix = (): PropertyDecorator => Matching(/^[A-Za-z0-9._-]{0,100}$/, 'be letters, digits, dots and hyphens');

/** `sqlite:` is the same as no URL. A URL holds a password: the sentence repeats no more of it than its kind. */
const EngineUrl = (form: RegExp, example: string): PropertyDecorator =>
  both(
    From((url, { AMENDS_DATA: folder }) =>
      url === 'sqlite:' || (url.startsWith('sqlite:') && resolve(url.slice(7)) === resolve(folder || DATA))
        ? undefined
        : url,
    ),
    Matches(form, {
      message: ({ property, value }) =>
        String(value).startsWith('sqlite:')
          ? `${property} must be sqlite: alone: AMENDS_DATA names the folder of all embedded stores`
          : `${property} must be sqlite: or ${example}, not a URL that begins with "${/^[\w+]*/.exec(String(value))?.[0]}"`,
    }),
  );
const EventStoreDb = (): PropertyDecorator =>
  EngineUrl(/^esdb(\+discover)?:\/\/[^\s/?]/, 'esdb://user:password@host:2113 (or esdb+discover://)');
const MongoDb = (): PropertyDecorator =>
  EngineUrl(/^mongodb(\+srv)?:\/\/[^\s/?]/, 'mongodb://user:password@host:27017/database');

const DATA = './data';

/** Every setting: its variable, its default, and what it may be. */
export class Environment {
  @Matches(/^[\x21-\x7e]{16,200}$/, { message: '$property must be 16 to 200 visible ASCII characters without spaces' })
  AMENDS_OPERATOR_KEY?: string;
  /** Encrypts customers' keys. Without it the app makes one and keeps it beside the vault. */
  @Holds(
    (key) => Buffer.from(key, 'base64').length === 32,
    '$property must be 32 bytes in base64; make one with: openssl rand -base64 32',
  )
  AMENDS_VAULT_KEY?: string;
  /** Signs seals. Without it the app makes one and keeps it in its folder. */
  @From((text) => text.replaceAll('\\n', '\n'))
  @Contains('PRIVATE KEY', {
    message: '$property must be a private key in PEM form; make one with: openssl genpkey -algorithm ed25519',
  })
  AMENDS_SEAL_KEY?: string;
  AMENDS_HOST = '127.0.0.1';
  /** 0 takes any free port. */
  @Whole(0, 65_535) AMENDS_PORT = 3000;
  /** Where a relay with a process of its own answers about its health. */
  @Whole(0, 65_535) AMENDS_RELAY_PORT = 0;
  AMENDS_DATA = DATA;
  @EventStoreDb() EVENT_STORE_URL?: string;
  @MongoDb() READ_STORE_URL?: string;
  @MongoDb() VAULT_URL?: string;
  @Prefix() EVENT_STORE_PREFIX = '';
  @From((text) => text.split(',').flatMap((broker) => broker.trim() || []))
  @Matches(BROKER, {
    each: true,
    ...must('be host:port, host:port, ...', (all: readonly string[]) =>
      all.filter((broker) => !BROKER.test(broker)).join(', '),
    ),
  })
  KAFKA_BROKERS: readonly string[] = [];
  @Prefix() KAFKA_PREFIX = '';
  @OneOf('on', 'off') KAFKA_TLS: 'on' | 'off' = 'off';
  /** Elsewhere: a process of its own relays, and the app only receives responses. */
  @OneOf('here', 'elsewhere') AMENDS_RELAY: 'here' | 'elsewhere' = 'here';
  @Holds((_, { KAFKA_PASSWORD }) => KAFKA_PASSWORD !== undefined, LOGINS) KAFKA_USER?: string;
  @Holds((_, { KAFKA_USER }) => KAFKA_USER !== undefined, LOGINS) KAFKA_PASSWORD?: string;
  @Whole(1, 256) KAFKA_PARTITIONS = 12;
  @Whole(1, 10) KAFKA_REPLICAS?: number;
  /** A response that fails is tried so often at least. */
  @Whole(1, 1_000) KAFKA_INBOUND_TRIES = 5;
  /** The longest wait between two tries, in seconds. */
  @Whole(1, 3_600) KAFKA_INBOUND_LONGEST_WAIT = 30;
  /** A response may fail for so many seconds while hardly any other gets through. */
  @Whole(0, 604_800) KAFKA_INBOUND_FAILING = 900;
  /** A response waits so many seconds for the first rules of its programme. */
  @Whole(0, 86_400) KAFKA_INBOUND_GRACE = 60;
  /** Where messages go: YAML or JSON, or the file that holds it. destinations.ts reads it. */
  AMENDS_DESTINATIONS?: string;
  AMENDS_DESTINATIONS_FILE?: string;
  /** Of destinations by e-mail. */
  SMTP_URL?: string;
  SMTP_FROM?: string;
  /** For fault tests: the process ends at this step. */
  @Holds((text) => crashAt(text) !== undefined, '$property must name a step between two writes, not "$value"')
  AMENDS_CRASH_AT?: string;
  /** Demo history on the first start with an empty folder. */
  @OneOf('on', 'off') AMENDS_DEMO: 'on' | 'off' = 'on';
  @OneOf(...LOG_LEVELS) AMENDS_LOG_LEVEL: (typeof LOG_LEVELS)[number] = 'warn';
  /** The most requests of one caller in a second. */
  @Whole(1, 10_000_000) AMENDS_RATE_LIMIT = 50_000;
  /** The most requests that the app works on at a time. */
  @Whole(1, 1_000_000) AMENDS_IN_FLIGHT_LIMIT = 2_000;
  /** The most responses that wait for triage: more are refused until some are triaged. */
  @Whole(1, 10_000_000) AMENDS_BACKLOG_LIMIT = 10_000;
}
