import type { CrashPoint } from '../../event-sourcing/crash-point.js';
import { crashAt } from './crash-at.js';

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
const LOG_LEVELS: readonly LogLevel[] = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/** What the app is told by its environment. */
export interface Config {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Folder of the embedded stores. */
  readonly data: string;
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
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const mistakes: string[] = [];
  const text = (name: string): string | undefined => {
    const value = env[name];
    return value === undefined || value === '' ? undefined : value;
  };
  const whole = (name: string, least: number, most: number, absent: number): number => {
    const value = text(name);
    if (value === undefined) return absent;
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= least && number <= most) return number;
    mistakes.push(`${name} must be a whole number from ${least} to ${most}, not "${value}"`);
    return absent;
  };
  const one = <T extends string>(name: string, choices: readonly T[], absent: T): T => {
    const value = text(name);
    if (value === undefined) return absent;
    const choice = choices.find((each) => each === value);
    if (choice === undefined) mistakes.push(`${name} must be one of ${choices.join(', ')}, not "${value}"`);
    return choice ?? absent;
  };
  // A key's value is a secret: the sentence never repeats it.
  const key = (name: string): string | undefined => {
    const value = text(name);
    if (value !== undefined && Buffer.from(value, 'base64').length !== 32)
      mistakes.push(`${name} must be 32 bytes in base64; make one with: openssl rand -base64 32`);
    return value;
  };
  const pem = (name: string): string | undefined => {
    const value = text(name)?.replaceAll('\\n', '\n');
    if (value !== undefined && !value.includes('PRIVATE KEY'))
      mistakes.push(`${name} must be a private key in PEM form; make one with: openssl genpkey -algorithm ed25519`);
    return value;
  };
  const crash = (name: string): CrashPoint | undefined => {
    const value = text(name);
    if (value === undefined) return undefined;
    const crashPoint = crashAt(value);
    if (crashPoint === undefined) mistakes.push(`${name} must name a step between two writes, not "${value}"`);
    return crashPoint;
  };
  const operatorKey = text('AMENDS_OPERATOR_KEY');
  if (operatorKey !== undefined && !/^[\x21-\x7e]{16,200}$/.test(operatorKey))
    mistakes.push('AMENDS_OPERATOR_KEY must be 16 to 200 visible ASCII characters without spaces');

  const config: Config = {
    operatorKey,
    vaultKey: key('AMENDS_VAULT_KEY'),
    sealKey: pem('AMENDS_SEAL_KEY'),
    host: text('AMENDS_HOST') ?? '127.0.0.1',
    port: whole('AMENDS_PORT', 0, 65_535, 3000),
    data: text('AMENDS_DATA') ?? './data',
    crashPoint: crash('AMENDS_CRASH_AT'),
    demo: one('AMENDS_DEMO', ['on', 'off'], 'on') === 'on',
    logLevel: one('AMENDS_LOG_LEVEL', LOG_LEVELS, 'warn'),
    rateLimit: whole('AMENDS_RATE_LIMIT', 1, 10_000_000, 50_000),
    inFlightLimit: whole('AMENDS_IN_FLIGHT_LIMIT', 1, 1_000_000, 2_000),
  };
  if (mistakes.length > 0) throw new ConfigurationMistaken(mistakes);
  return config;
}
