import { expect, test } from '@jest/globals';
import { readConfig } from './config.js';

test('without KAFKA_BROKERS there is no Kafka', () => {
  expect(readConfig({ KAFKA_BROKERS: '' }).kafka).toBeUndefined();
});
test('brokers are named by host and port', () => {
  expect(readConfig({ KAFKA_BROKERS: 'a:9092, b:9092' }).kafka).toMatchObject({
    brokers: ['a:9092', 'b:9092'],
    prefix: '',
    tls: false,
    relayHere: true,
    topics: { partitions: 12 },
    patience: { tries: 5, longestWaitMs: 30_000, failingMs: 900_000, graceMs: 60_000 },
  });
});
test('every mistake is listed at once, and no password is repeated', () => {
  const mistaken = { KAFKA_BROKERS: 'a', KAFKA_TLS: 'yes', KAFKA_PASSWORD: 'secret', KAFKA_PARTITIONS: '0' };
  expect(() => readConfig(mistaken)).toThrow(/KAFKA_BROKERS[^]*KAFKA_TLS[^]*belong together[^]*KAFKA_PARTITIONS/);
  expect(() => readConfig(mistaken)).not.toThrow(/secret/);
});
