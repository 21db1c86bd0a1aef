import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import { TakenOver } from '../../libs/broker/broker.js';
import { ForeignTopics } from '../../libs/broker/kafka/check-tail.js';
import { KafkaPublisher } from '../../libs/broker/kafka/kafka-publisher.js';
import { RELAY } from '../../libs/broker/kafka/kafka-for-relay.js';
import { makeTopics, POSITIONS_TOPIC } from '../../libs/broker/kafka/make-topics.js';
import type { Placed } from '../../libs/broker/kafka/topic-reader.js';
import { messageOf, Publications } from '../../libs/broker/publications.js';
import { forgotten, noted, opened, received, append, triaged } from '../../libs/broker/sample-events.testing.js';
import { describeOn, kafkaForTests } from '../engines/engines.testing.js';
import { TopicsOnKafka, until } from './topics-on-kafka.testing.js';

const kafka = await kafkaForTests();
afterAll(async () => {
  if (kafka.present) await kafka.stop();
});

const names = (messages: readonly Placed[]): string[] =>
  messages.map(({ headers }) => `${headers['ce_stream'] ?? ''} ${headers['ce_revision'] ?? ''}`);

describeOn(kafka, 'the relay to Kafka', (brokers) => {
  let topics: TopicsOnKafka;
  beforeEach(async () => {
    topics = await TopicsOnKafka.open(brokers);
  });
  afterEach(() => topics.end());

  const tellCase = async (id: string, events: number): Promise<void> => {
    for (let revision = 1; revision <= events; revision++)
      await append(topics.history, `case-${id}`, revision === 1 ? opened(id) : noted(`owner ${revision}`));
  };
  const isAt = async (position: string | undefined, relay: { state: { position: string | undefined } }) =>
    until(() => relay.state.position === position, `the relay at ${position ?? ''}`);
  const relayAll = async (options: { batchSize?: number; window?: number } = {}): Promise<void> => {
    const { relay, stop } = topics.relay(options);
    await isAt(await topics.history.end(), relay);
    expect(await stop()).toBeUndefined();
    await topics.settled();
  };
  /** Publishes like a torn or lost transaction. */
  const publishSome = async (choose: (name: string) => boolean, position: string): Promise<void> => {
    await makeTopics(topics.cluster, { partitions: 3 });
    const publisher = await KafkaPublisher.open(topics.cluster, RELAY);
    const publications = new Publications(topics.history);
    for await (const { events } of topics.history.readAll()) {
      const all = await publications.of(events);
      await publisher.publish(
        all.filter(({ event }) => choose(`${event.stream} ${event.revision}`)).map(messageOf),
        position,
      );
    }
    await publisher.close();
  };

  test('sends every event to its topic once, and resumes', async () => {
    await tellCase('1', 5);
    await append(topics.history, 'response-1', received('1', 'c-1'));
    await relayAll({ batchSize: 2 });
    await append(topics.history, 'response-1', triaged('1'));
    await append(topics.history, 'customer-c-1', forgotten('c-1'));
    await relayAll();
    const published = await topics.published();
    expect(names(published).toSorted()).toEqual([
      'case-1 1',
      'case-1 2',
      'case-1 3',
      'case-1 4',
      'case-1 5',
      'customer-c-1 1',
      'response-1 1',
      'response-1 2',
    ]);
    expect(published.find(({ topic }) => topic === 'amends.customers')).toMatchObject({ key: 'c-1', value: null });
    expect(topics.said).toEqual([]);
  });

  test('a lost middle is sent again with all later events, in order for a subscriber who counts revisions', async () => {
    await tellCase('1', 6);
    const end = (await topics.history.end()) ?? '';
    await publishSome((name) => name !== 'case-1 3', end);
    await relayAll();
    expect(names(await topics.published())).toEqual([
      ...['case-1 1', 'case-1 2', 'case-1 4', 'case-1 5', 'case-1 6'],
      ...['case-1 3', 'case-1 4', 'case-1 5', 'case-1 6'],
    ]);
    expect(topics.said.join()).toMatch(/1 events were not in their topics.*revision 3 of case-1/);
  });

  test('a lost message that forgets a customer is sent again', async () => {
    await append(topics.history, 'customer-1', {
      type: 'CustomerContactRecorded',
      data: { customer: '1', entry: 'e' },
    });
    await append(topics.history, 'customer-1', forgotten('1'));
    await publishSome((name) => name !== 'customer-1 2', (await topics.history.end()) ?? '');
    await relayAll();
    expect((await topics.published()).map(({ value }) => value === null)).toEqual([false, true]);
  });

  test('an event without its stored position is not sent again', async () => {
    await tellCase('1', 6);
    const first = (await topics.history.readStream('case-1', { limit: 1 })).events[0]?.position ?? '';
    await publishSome((name) => name <= 'case-1 4', first);
    await relayAll();
    expect(names(await topics.published())).toEqual([
      'case-1 1',
      'case-1 2',
      'case-1 3',
      'case-1 4',
      'case-1 5',
      'case-1 6',
    ]);
  });

  test('a start reads the topics only within the window', async () => {
    await tellCase('1', 40);
    await relayAll({ batchSize: 5, window: 10 });
    await tellCase('2', 3);
    await relayAll({ window: 10 });
    expect(await topics.published()).toHaveLength(43);
    expect(topics.said).toEqual([]);
  });

  test('when a second relay starts by mistake the first stops with a message, and nothing is lost or duplicated', async () => {
    await tellCase('1', 3);
    const first = topics.relay();
    await isAt(await topics.history.end(), first.relay);
    const second = topics.relay();
    await until(() => second.relay.state.state === 'following', 'the second relay');
    await tellCase('2', 3);
    const error = await first.ended;
    expect(error).toBeInstanceOf(TakenOver);
    expect(String(error)).toContain('Run one relay of a name; this one ends.');
    await isAt(await topics.history.end(), second.relay);
    expect(await second.stop()).toBeUndefined();
    await topics.settled();
    expect(names(await topics.published()).toSorted()).toHaveLength(6);
  });

  test('topics of another history are refused', async () => {
    await tellCase('1', 3);
    await relayAll();
    const other = await TopicsOnKafka.open(brokers);
    try {
      await append(other.history, 'case-9', opened('9'));
      const { ended } = topics.relay({ history: other.history });
      const error = await ended;
      expect(error).toBeInstanceOf(ForeignTopics);
      expect(String(error)).toContain('Are these the topics of another store?');
    } finally {
      await other.end();
    }
  });

  test('a batch above the largest message is sent in parts, in one transaction', async () => {
    for (let at = 0; at < 12; at++)
      await append(topics.history, 'case-1', at === 0 ? opened('1') : noted('x'.repeat(300_000)));
    await relayAll();
    const published = await topics.published();
    expect(names(published)).toEqual(Array.from({ length: 12 }, (_, before) => `case-1 ${before + 1}`));
  });

  test('the topics have the right settings', async () => {
    await makeTopics(topics.cluster, { partitions: 3 });
    expect(await makeTopics(topics.cluster, { partitions: 3 })).toEqual([]);
    const admin = topics.cluster.kafka.admin();
    await admin.connect();
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: ['amends.customers', POSITIONS_TOPIC, 'amends.cases'].map((topic) => ({
        type: 2,
        name: topics.cluster.prefix + topic,
        configNames: ['cleanup.policy'],
      })),
    });
    await admin.disconnect();
    expect(resources.map(({ configEntries }) => configEntries[0]?.configValue)).toEqual([
      'compact',
      'compact',
      'delete',
    ]);
  });
});
