import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RELAY } from '../../libs/broker/kafka/kafka-for-relay.js';
import { KafkaPublisher } from '../../libs/broker/kafka/kafka-publisher.js';
import { makeTopics } from '../../libs/broker/kafka/make-topics.js';
import { describeOn, kafkaForTests } from '../engines/engines.testing.js';
import { TopicsOnKafka, until } from '../kafka/topics-on-kafka.testing.js';
import { incidentLog } from '../faults/incident-log.testing.js';
import { amends, amendsJson, type Ended } from './amends.testing.js';

const kafka = await kafkaForTests();
afterAll(async () => {
  if (kafka.present) await kafka.stop();
});

interface Said {
  readonly equal: boolean;
  readonly seals: string;
  readonly topics: object;
}

describeOn(kafka, 'an operator verifies the topics on Kafka', (brokers) => {
  const folder = mkdtempSync(join(tmpdir(), 'amends-topics-'));
  const file = join(folder, 'incidents.csv');
  let topics: TopicsOnKafka;
  beforeAll(() => writeFileSync(file, incidentLog(12)));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(async () => {
    topics = await TopicsOnKafka.open(brokers, await imported('history'));
  });
  afterEach(() => topics.end());

  const imported = async (name: string): Promise<string> => {
    const data = join(folder, name);
    await amendsJson('import', '--mapping', 'mappings/incidents.yaml', '--data', data, file);
    return data;
  };
  const relayAll = async (): Promise<void> => {
    const end = await topics.history.end();
    const { relay, stop } = topics.relay();
    await until(() => relay.state.position === end, 'the relay at the end');
    await stop();
    await topics.settled();
  };
  const verify = (over: Readonly<Record<string, string>> = {}, ...args: readonly string[]): Promise<Ended> => {
    const settings = { KAFKA_BROKERS: brokers, KAFKA_PREFIX: topics.cluster.prefix, ...over };
    Object.assign(process.env, settings);
    try {
      return amends('verify', '--topics', '--data', topics.folder, ...args);
    } finally {
      for (const name of Object.keys(settings)) Reflect.deleteProperty(process.env, name);
    }
  };

  test('complete topics are reported as complete', async () => {
    await relayAll();
    const { code, out } = await verify({}, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out) as Said).toMatchObject({
      equal: true,
      seals: 'intact',
      topics: {
        clean: true,
        position: await topics.history.end(),
        topics: expect.arrayContaining([
          expect.objectContaining({ topic: 'amends.cases', missing: 0, foreign: 0, looked: 'at every event' }),
          expect.objectContaining({ topic: 'amends.customers', missing: 0, looked: 'at what is kept' }),
        ]),
      },
    });
  });

  test('an event that is missing in its topic is named, with exit code 1', async () => {
    await makeTopics(topics.cluster, { partitions: 3 });
    const publisher = await KafkaPublisher.open(topics.cluster, RELAY);
    await publisher.publish([], (await topics.history.end()) ?? '');
    await publisher.close();
    await topics.settled();
    const { code, out } = await verify();
    expect(code).toBe(1);
    expect(out).toMatch(/Read models: as history says/);
    expect(out).toMatch(/Topics: NOT what history says/);
    expect(out).toMatch(/amends\.cases: 0 messages, \d+ missing, .*\n +Revision 1 of case-\S+ \(\S+\) is missing\./);
  });

  test('topics that it can not read are reported with a sentence', async () => {
    expect(await verify()).toMatchObject({ code: 2, err: expect.stringMatching(/has no topic .*amends\.cases/) });
    expect(await verify({ KAFKA_BROKERS: '' })).toMatchObject({
      code: 2,
      err: expect.stringContaining('KAFKA_BROKERS names no brokers'),
    });
    expect(await verify({ KAFKA_BROKERS: '127.0.0.1:1' })).toMatchObject({
      code: 3,
      err: expect.stringContaining('Kafka at 127.0.0.1:1 does not answer as it should'),
    });
  });
});
