import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { INBOUND_TOPIC, REJECTS_TOPIC } from '../../libs/broker/inbound-topics.js';
import { clusterOf, type Cluster } from '../../libs/broker/kafka/connection.js';
import { sendMessages } from '../../libs/broker/kafka/send-messages.js';
import { TopicReader, type Placed } from '../../libs/broker/kafka/topic-reader.js';
import { describeOn, kafkaForTests } from '../engines/engines.testing.js';
import { Caller, RunningApp } from '../e2e/running-app.testing.js';
import { until } from './topics-on-kafka.testing.js';

const kafka = await kafkaForTests();
afterAll(async () => {
  if (kafka.present) await kafka.stop();
});

const response = (externalId: string, over: object = {}): object => ({
  source: 'survey',
  externalId,
  customer: 'eva@example.com',
  metric: 'nps',
  score: 1,
  contactMe: 'yes',
  comment: 'Nobody answers. Eva Brandt',
  ...over,
});

describeOn(kafka, 'responses sent in by Kafka', (brokers) => {
  let cluster: Cluster;
  let app: RunningApp;
  beforeEach(async () => {
    Caller.forget();
    cluster = clusterOf({ brokers: brokers.split(','), prefix: `test-${randomUUID().slice(0, 8)}.` });
    app = await RunningApp.start(undefined, {
      KAFKA_BROKERS: brokers,
      KAFKA_PREFIX: cluster.prefix,
      KAFKA_PARTITIONS: '3',
      KAFKA_INBOUND_GRACE: '1',
    });
    await until(async () => (await app.operator.get('/health/ready')).status === 200, 'an app that is ready');
  });
  afterEach(async () => {
    await app.stop();
    rmSync(app.folder, { recursive: true, force: true });
  });

  const send = (values: readonly (object | string)[], headers: Record<string, string> = {}): Promise<void> =>
    sendMessages(
      cluster,
      values.map((value) => ({
        topic: INBOUND_TOPIC,
        key: 'eva@example.com',
        headers,
        value: typeof value === 'string' ? value : JSON.stringify(value),
      })),
    );
  const all = async (topic: string): Promise<Placed[]> => {
    const reader = new TopicReader(cluster);
    const found: Placed[] = [];
    const ranges = (await reader.partitions([topic])).map(({ low, high, ...at }) => ({ ...at, from: low, to: high }));
    await reader.read(ranges, (message) => void found.push(message));
    return found;
  };

  test('become cases and events, and rejects name bad messages without personal words', async () => {
    await send([
      response('r-1'),
      'no JSON: I am Eva Brandt',
      response('r-2', { score: 'Eva Brandt' }),
      response('r-3', { programme: 'unknown' }),
      response('r-1'),
    ]);
    const structured = { specversion: '1.0', id: '1', source: 'crm', type: 'x', data: response('r-4') };
    await send([structured], { 'content-type': 'application/cloudevents+json' });
    await until(async () => (await all('amends.responses')).length >= 4, 'two responses, received and triaged');
    const out = await all('amends.responses');
    expect(out.map(({ headers }) => headers['ce_type']).toSorted()).toEqual([
      ...Array<string>(2).fill('amends.ResponseReceived'),
      ...Array<string>(2).fill('amends.ResponseTriaged'),
    ]);
    expect(JSON.stringify(out.map(({ value }) => value))).not.toMatch(/Eva|eva@/);
    await until(async () => (await all(REJECTS_TOPIC)).length >= 3, 'three rejects');
    const rejects = await all(REJECTS_TOPIC);
    expect(rejects.map(({ value }) => (JSON.parse(value ?? '') as { reason: string }).reason).toSorted()).toEqual([
      'invalid',
      'malformed',
      'programme-unknown',
    ]);
    expect(JSON.stringify(rejects.map(({ key, value }) => [key, value]))).not.toMatch(/Eva|eva@/);
  });
});
