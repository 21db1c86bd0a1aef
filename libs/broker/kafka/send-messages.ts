import { Partitioners, type TopicMessages } from 'kafkajs';
import type { Message } from '../broker.js';
import type { Cluster } from './connection.js';

/** Sends a few messages; resolves once they are durable. Sent again after an error, they may be there twice. */
export async function sendMessages({ kafka, prefix }: Cluster, messages: readonly Message[]): Promise<void> {
  const producer = kafka.producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    allowAutoTopicCreation: false,
  });
  await producer.connect();
  try {
    await producer.sendBatch({ acks: -1, topicMessages: byTopic(messages, prefix) });
  } finally {
    await producer.disconnect();
  }
}

export const byTopic = (messages: readonly Message[], prefix: string): TopicMessages[] =>
  [...Map.groupBy(messages, ({ topic }) => topic)].map(([topic, ofTopic]) => ({
    topic: prefix + topic,
    messages: ofTopic.map(({ key, value, headers }) => ({ key, value, headers })),
  }));
