import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { crashAt } from './crash-at.js';
import { readDestinations } from './destinations.js';
import { Environment } from './environment.js';
import type { StorePlaces } from './store-places.js';

export type Config = ReturnType<typeof readConfig>;
export type KafkaConfig = NonNullable<Config['kafka']>;

/** Every mistake of the environment at once, so that one look mends them all. */
export class ConfigurationMistaken extends Error {
  constructor(readonly mistakes: readonly string[]) {
    super(`The configuration is mistaken:\n${mistakes.map((mistake) => `  - ${mistake}`).join('\n')}`);
    this.name = 'ConfigurationMistaken';
  }
}

/** @throws ConfigurationMistaken naming every variable at fault */
export function readConfig(env: NodeJS.ProcessEnv) {
  const { settings, destinations } = validate(env);
  const { EVENT_STORE_URL: url, EVENT_STORE_PREFIX: prefix } = settings;
  const places: StorePlaces = {
    folder: settings.AMENDS_DATA,
    eventStore: url === undefined ? undefined : { url, prefix },
    readStore: settings.READ_STORE_URL,
    vault: settings.VAULT_URL,
  };
  const { KAFKA_BROKERS: brokers, KAFKA_USER: name, KAFKA_PASSWORD: password } = settings;
  const kafka = {
    brokers,
    prefix: settings.KAFKA_PREFIX,
    tls: settings.KAFKA_TLS === 'on',
    user: name === undefined || password === undefined ? undefined : { name, password },
    topics: { partitions: settings.KAFKA_PARTITIONS, replicas: settings.KAFKA_REPLICAS },
    relayHere: settings.AMENDS_RELAY === 'here',
    patience: {
      tries: settings.KAFKA_INBOUND_TRIES,
      longestWaitMs: settings.KAFKA_INBOUND_LONGEST_WAIT * 1_000,
      failingMs: settings.KAFKA_INBOUND_FAILING * 1_000,
      graceMs: settings.KAFKA_INBOUND_GRACE * 1_000,
    },
  };
  return {
    operatorKey: settings.AMENDS_OPERATOR_KEY,
    vaultKey: settings.AMENDS_VAULT_KEY,
    sealKey: settings.AMENDS_SEAL_KEY,
    host: settings.AMENDS_HOST,
    port: settings.AMENDS_PORT,
    relayPort: settings.AMENDS_RELAY_PORT,
    places,
    /** Undefined: topics are served as server-sent events alone. */
    kafka: brokers.length === 0 ? undefined : kafka,
    crashPoint: settings.AMENDS_CRASH_AT === undefined ? undefined : crashAt(settings.AMENDS_CRASH_AT),
    destinations,
    demo: settings.AMENDS_DEMO === 'on',
    logLevel: settings.AMENDS_LOG_LEVEL,
    rateLimit: settings.AMENDS_RATE_LIMIT,
    inFlightLimit: settings.AMENDS_IN_FLIGHT_LIMIT,
    backlogLimit: settings.AMENDS_BACKLOG_LIMIT,
  };
}

/** An empty variable counts as none. */
function validate(env: NodeJS.ProcessEnv) {
  const given = Object.fromEntries(Object.entries(env).filter(([, text]) => text));
  const settings = plainToInstance(Environment, given);
  const errors = validateSync(settings, { skipMissingProperties: true });
  const { destinations, mistakes: ofDestinations } = readDestinations(env);
  const mistakes = [...errors.flatMap(({ constraints = {} }) => Object.values(constraints)), ...ofDestinations];
  if (mistakes.length > 0) throw new ConfigurationMistaken(mistakes);
  return { settings, destinations };
}
