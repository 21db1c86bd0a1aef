import type { Cluster } from './connection.js';
import { POSITIONS_TOPIC } from './make-topics.js';
import { endOf, TopicReader } from './topic-reader.js';

/** The newest position that a publisher of this name recorded. */
export async function relayedPosition(cluster: Cluster, name: string): Promise<string | undefined> {
  const reader = new TopicReader(cluster);
  const [partition] = await reader.partitions([POSITIONS_TOPIC]);
  if (partition === undefined) throw new Error(`Kafka has no topic ${POSITIONS_TOPIC}.`);
  for (let length = 16n; ; length *= 8n) {
    const end = endOf(partition, length);
    let position: string | undefined;
    await reader.read([end], (message) => {
      if (message.key === name && message.value !== null) position = message.value;
    });
    if (position !== undefined || end.from === partition.low) return position;
  }
}
