import { Partitioners } from 'kafkajs';
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
    await producer.sendBatch({
      acks: -1,
      topicMessages: messages.map(({ topic, key, value, headers }) => ({
        topic: prefix + topic,
        messages: [{ key, value, headers: { ...headers } }],
      })),
    });
  } finally {
    await producer.disconnect();
  }
}
