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
    expect(readConfig({})).toMatchObject({ host: '127.0.0.1', port: 3000, data: './data', demo: true });
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
