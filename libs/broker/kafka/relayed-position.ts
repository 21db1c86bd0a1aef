import type { Cluster } from './connection.js';
import { POSITIONS_TOPIC } from './make-topics.js';
import { TopicReader } from './topic-reader.js';

/** The newest position that a publisher of this name recorded. */
export async function relayedPosition(cluster: Cluster, name: string): Promise<string | undefined> {
  const reader = new TopicReader(cluster);
  const [partition] = await reader.partitions([POSITIONS_TOPIC]);
  if (partition === undefined) throw new Error(`Kafka has no topic ${POSITIONS_TOPIC}.`);
  const { low, high } = partition;
  for (let back = 16n; ; back *= 8n) {
    const from = high - back > low ? high - back : low;
    let position: string | undefined;
    await reader.read([{ topic: POSITIONS_TOPIC, partition: partition.partition, from, to: high }], (message) => {
      if (message.key === name && message.value !== null) position = message.value;
    });
    if (position !== undefined || from === low) return position;
  }
}
