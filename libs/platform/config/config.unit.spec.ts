import { describe, expect, test } from '@jest/globals';
import { ConfigurationMistaken, readConfig } from './config.js';

const mistakesOf = (env: Record<string, string>): readonly string[] => {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationMistaken) return error.mistakes;
    throw error;
  }
};

describe('the environment', () => {
  test('says nothing: the app binds to loopback and keeps its data here', () => {
    expect(readConfig({})).toMatchObject({ host: '127.0.0.1', port: 3000, demo: true });
    expect(readConfig({}).places).toEqual({ folder: './data' });
  });

  test('an empty variable counts as none', () => {
    expect(readConfig({ AMENDS_PORT: '' }).port).toBe(3000);
  });

  test('every mistake is listed at once', () => {
    expect(
      mistakesOf({ AMENDS_PORT: '80a', AMENDS_LOG_LEVEL: 'loud', AMENDS_VAULT_KEY: 'short', AMENDS_DEMO: 'maybe' }),
    ).toEqual([
      'AMENDS_VAULT_KEY must be 32 bytes in base64; make one with: openssl rand -base64 32',
      'AMENDS_PORT must be a whole number from 0 to 65535, not "80a"',
      'AMENDS_DEMO must be one of on, off, not "maybe"',
      'AMENDS_LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent, not "loud"',
    ]);
  });

  test('stores are named by URL, each for itself; what is not named is embedded', () => {
    const [esdb, mongodb] = ['esdb+discover://amends:secret@events:2113?tls=true', 'mongodb://amends:secret@db/amends'];
    expect(readConfig({ EVENT_STORE_URL: esdb, EVENT_STORE_PREFIX: 'shop.', READ_STORE_URL: mongodb }).places).toEqual({
      folder: './data',
      eventStore: { url: esdb, prefix: 'shop.' },
      readStore: mongodb,
    });
    expect(
      readConfig({ AMENDS_DATA: '/data', EVENT_STORE_URL: 'sqlite:', VAULT_URL: 'sqlite:/data', READ_STORE_URL: '' })
        .places,
    ).toEqual({ folder: '/data' });
  });

  test('a URL of no such engine is refused without its password', () => {
    const mistakes = mistakesOf({
      EVENT_STORE_URL: 'postgres://amends:secret@db',
      READ_STORE_URL: 'mongodb:amends:secret',
      VAULT_URL: 'sqlite:/elsewhere',
      EVENT_STORE_PREFIX: '$all',
      KAFKA_BROKERS: 'kafka',
    });
    expect(mistakes).toEqual([
      'EVENT_STORE_URL must be sqlite: or esdb://user:password@host:2113 (or esdb+discover://), not a URL that begins with "postgres"',
      'READ_STORE_URL must be sqlite: or mongodb://user:password@host:27017/database, not a URL that begins with "mongodb"',
      'VAULT_URL must be sqlite: alone: AMENDS_DATA names the folder of all embedded stores',
      'EVENT_STORE_PREFIX must be letters, digits, dots and hyphens, not "$all"',
      'KAFKA_BROKERS must be host:port, host:port, ..., not "kafka"',
    ]);
  });

  test('a key that is wrong is not repeated in the sentence about it', () => {
    expect(mistakesOf({ AMENDS_SEAL_KEY: 'my-secret' }).join()).not.toContain('my-secret');
    expect(mistakesOf({ AMENDS_OPERATOR_KEY: 'my secret' }).join()).not.toContain('my secret');
  });

  test('a step to end at, for tests of faults, must be one that there is', () => {
    expect(readConfig({}).crashPoint).toBeUndefined();
    expect(readConfig({ AMENDS_CRASH_AT: 'history: before insert:5' }).crashPoint).toBeDefined();
    expect(mistakesOf({ AMENDS_CRASH_AT: 'history: some day' })).toEqual([
      'AMENDS_CRASH_AT must name a step between two writes, not "history: some day"',
    ]);
  });
});
