import type { EventStore } from '../../../libs/event-store/event-store.js';
import { clusterOf } from '../../../libs/broker/kafka/connection.js';
import { RELAY } from '../../../libs/broker/kafka/kafka-for-relay.js';
import { absentTopics } from '../../../libs/broker/kafka/make-topics.js';
import { relayedPosition } from '../../../libs/broker/kafka/relayed-position.js';
import { TopicReader } from '../../../libs/broker/kafka/topic-reader.js';
import { verifyTopics, type TopicsVerified } from '../../../libs/broker/kafka/verify-topics.js';
import { readConfig } from '../../../libs/platform/config/config.js';
import { EXIT, Failure } from '../failure.js';

/** Compares the topics on Kafka with history, up to the relay's position. It doesn't disturb the relay. */
export async function runVerifyTopics(history: EventStore): Promise<TopicsVerified> {
  const { kafka } = readConfig(process.env);
  if (kafka === undefined)
    throw new Failure(
      'KAFKA_BROKERS names no brokers, so there are no topics to verify. Set it as for the relay: host:port, host:port, ...',
    );
  const cluster = clusterOf(kafka);
  const at = kafka.brokers.join(', ');
  try {
    const absent = await absentTopics(cluster);
    if (absent.length > 0)
      throw new Failure(
        `Kafka at ${at} has no topic ${absent.join(', ')}. Start the relay, which makes them, or check KAFKA_BROKERS and KAFKA_PREFIX.`,
      );
    const position = await relayedPosition(cluster, RELAY);
    return await verifyTopics({ history, reader: new TopicReader(cluster), position });
  } catch (error) {
    if (error instanceof Error && error.name.startsWith('KafkaJS'))
      throw new Failure(`Kafka at ${at} does not answer as it should: ${error.message}`, EXIT.unavailable);
    throw error;
  }
}
