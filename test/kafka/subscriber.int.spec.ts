import { afterAll } from '@jest/globals';
import { KafkaSubscriber } from '../../libs/broker/kafka/kafka-subscriber.js';
import { makeTopics } from '../../libs/broker/kafka/make-topics.js';
import { subscriberContract } from '../../libs/broker/subscriber.contract.js';
import { describeOn, kafkaForTests } from '../engines/engines.testing.js';
import { TopicsOnKafka } from './topics-on-kafka.testing.js';

const kafka = await kafkaForTests();
afterAll(async () => {
  if (kafka.present) await kafka.stop();
});

describeOn(kafka, 'topics on Kafka', (brokers) => {
  subscriberContract('Kafka', async () => {
    const topics = await TopicsOnKafka.open(brokers);
    await makeTopics(topics.cluster, { partitions: 3 });
    topics.relay();
    return { history: topics.history, subscriber: new KafkaSubscriber(topics.cluster), end: () => topics.end() };
  });
});
