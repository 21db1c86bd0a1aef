import type { CrashPoint } from '../../event-sourcing/crash-point.js';
import { crashAt } from './crash-at.js';
import { kafkaConfig, type KafkaConfig } from './kafka-config.js';
import { Settings, type Environment } from './settings.js';
import { storePlaces, type StorePlaces } from './store-places.js';

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
const LOG_LEVELS: readonly LogLevel[] = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/** What the app is told by its environment. */
export interface Config {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly places: StorePlaces;
  /** Absent: topics are served as server-sent events alone. */
  readonly kafka: KafkaConfig | undefined;
  readonly operatorKey: string | undefined;
  /** 32 bytes in base64: encrypts customers' keys. Absent: one is made and kept beside the vault. */
  readonly vaultKey: string | undefined;
  /** An ed25519 private key in PEM form: signs seals. Absent: one is made and kept in the folder. */
  readonly sealKey: string | undefined;
  /** For fault tests: ends the process at the step that AMENDS_CRASH_AT names. */
  readonly crashPoint: CrashPoint | undefined;
  /** Demo history on the first start with an empty folder. */
  readonly demo: boolean;
  readonly logLevel: LogLevel;
  /** The most requests a second of one caller, and the most that are worked on at a time. */
  readonly rateLimit: number;
  readonly inFlightLimit: number;
}

/** Every mistake of the environment at once, so that they are mended at once. */
export class ConfigurationMistaken extends Error {
  constructor(readonly mistakes: readonly string[]) {
    super(`The configuration is mistaken:\n${mistakes.map((mistake) => `  - ${mistake}`).join('\n')}`);
    this.name = 'ConfigurationMistaken';
  }
}

/** @throws ConfigurationMistaken naming every variable at fault. */
export function readConfig(env: Environment): Config {
  const settings = new Settings(env);
  const { mistakes } = settings;
  const operatorKey = settings.text('AMENDS_OPERATOR_KEY');
  if (operatorKey !== undefined && !/^[\x21-\x7e]{16,200}$/.test(operatorKey))
    mistakes.push('AMENDS_OPERATOR_KEY must be 16 to 200 visible ASCII characters without spaces');
  const config: Config = {
    operatorKey,
    vaultKey: settings.key('AMENDS_VAULT_KEY'),
    sealKey: settings.pem('AMENDS_SEAL_KEY'),
    host: settings.text('AMENDS_HOST') ?? '127.0.0.1',
    port: settings.whole('AMENDS_PORT', 0, 65_535, 3000),
    places: storePlaces(settings, settings.text('AMENDS_DATA') ?? './data'),
    kafka: kafkaConfig(settings),
    crashPoint: crashPoint(settings, 'AMENDS_CRASH_AT'),
    demo: settings.one('AMENDS_DEMO', ['on', 'off'], 'on') === 'on',
    logLevel: settings.one('AMENDS_LOG_LEVEL', LOG_LEVELS, 'warn'),
    rateLimit: settings.whole('AMENDS_RATE_LIMIT', 1, 10_000_000, 50_000),
    inFlightLimit: settings.whole('AMENDS_IN_FLIGHT_LIMIT', 1, 1_000_000, 2_000),
  };
  if (mistakes.length > 0) throw new ConfigurationMistaken(mistakes);
  return config;
}

function crashPoint(settings: Settings, name: string): CrashPoint | undefined {
  const value = settings.text(name);
  if (value === undefined) return undefined;
  const point = crashAt(value);
  if (point === undefined) settings.mistakes.push(`${name} must name a step between two writes, not "${value}"`);
  return point;
}
