import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import { KafkaPublisher } from '../../libs/broker/kafka/kafka-publisher.js';
import { RELAY } from '../../libs/broker/kafka/kafka-for-relay.js';
import { makeTopics } from '../../libs/broker/kafka/make-topics.js';
import { TopicReader } from '../../libs/broker/kafka/topic-reader.js';
import { verifyTopics, type TopicsVerified } from '../../libs/broker/kafka/verify-topics.js';
import { messageOf, Publications } from '../../libs/broker/publications.js';
import { forgotten, noted, opened, append } from '../../libs/broker/sample-events.testing.js';
import { describeOn, kafkaForTests } from '../engines/engines.testing.js';
import { TopicsOnKafka } from './topics-on-kafka.testing.js';

const kafka = await kafkaForTests();
afterAll(async () => {
  if (kafka.present) await kafka.stop();
});

describeOn(kafka, 'whole topics against history', (brokers) => {
  let topics: TopicsOnKafka;
  let end: string;
  beforeEach(async () => {
    topics = await TopicsOnKafka.open(brokers);
    await makeTopics(topics.cluster, { partitions: 3 });
    for (const id of ['1', '2'])
      for (let revision = 1; revision <= 4; revision++)
        await append(topics.history, `case-${id}`, revision === 1 ? opened(id) : noted(`owner ${revision}`));
    await append(topics.history, 'customer-1', {
      type: 'CustomerContactRecorded',
      data: { customer: '1', entry: 'e' },
    });
    await append(topics.history, 'customer-1', forgotten('1'));
    end = (await topics.history.end()) ?? '';
  });
  afterEach(() => topics.end());

  const publish = async (choose: (name: string) => boolean): Promise<void> => {
    const publisher = await KafkaPublisher.open(topics.cluster, RELAY);
    const publications = new Publications(topics.history);
    for await (const { events } of topics.history.readAll()) {
      const chosen = (await publications.of(events)).filter(({ event }) => choose(`${event.stream} ${event.revision}`));
      await publisher.publish(chosen.map(messageOf), end);
    }
    await publisher.close();
  };
  const verify = async (): Promise<TopicsVerified> => {
    await topics.settled();
    return verifyTopics({
      history: topics.history,
      reader: new TopicReader(topics.cluster),
      position: end,
      topics: ['amends.cases', 'amends.customers'],
      lookAgainAfterMs: 0,
    });
  };

  test('complete topics are clean', async () => {
    await publish(() => true);
    expect(await verify()).toMatchObject({
      clean: true,
      topics: [
        { topic: 'amends.cases', messages: 8, missing: 0, dropped: 0, looked: 'at every event' },
        { topic: 'amends.customers', messages: 2, missing: 0, looked: 'at what is kept' },
      ],
    });
  });
  test('duplicates are counted, and are no fault', async () => {
    await publish(() => true);
    await publish((name) => name.startsWith('case-2'));
    expect(await verify()).toMatchObject({ clean: true, topics: [{ messages: 12, dropped: 4 }, {}] });
  });
  test('an event that a subscriber who counts revisions never gets is missing, with all later ones', async () => {
    await publish((name) => name !== 'case-2 3');
    expect(await verify()).toMatchObject({
      clean: false,
      topics: [{ missing: 2, dropped: 1, first: expect.stringContaining('Revision 3 of case-2') }, {}],
    });
  });
  test('a message that history lacks is foreign', async () => {
    await publish(() => true);
    const publisher = await KafkaPublisher.open(topics.cluster, RELAY);
    const headers = { ce_id: 'nobody knows', ce_stream: 'case-9', ce_revision: '1', ce_position: end };
    await publisher.publish([{ topic: 'amends.cases', key: '9', headers, value: '{}' }], end);
    await publisher.close();
    expect(await verify()).toMatchObject({
      clean: false,
      topics: [{ foreign: 1, first: expect.stringContaining('case-9') }, {}],
    });
  });
});
