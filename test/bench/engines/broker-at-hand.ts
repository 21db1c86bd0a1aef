import { randomUUID } from 'node:crypto';
import { clusterOf, type Cluster } from '../../../libs/broker/kafka/connection.js';
import { startKafka } from '../../engines/kafka.js';

export interface BrokerAtHand {
  readonly brokers: string;
  /** A new set of topics for each call. */
  cluster(): Cluster;
  /** Removes these topics. */
  stop(): Promise<void>;
}

/** The Kafka of KAFKA_TEST_BROKERS, else a new broker with its data in the folder. */
export async function brokerAtHand(folder: string): Promise<BrokerAtHand> {
  const named = process.env['KAFKA_TEST_BROKERS'];
  const started = named === undefined ? await startKafka(folder) : undefined;
  const brokers = named ?? started?.brokers ?? '';
  const run = `amends-bench-${randomUUID().slice(0, 8)}`;
  let asked = 0;
  return {
    brokers,
    cluster: () => clusterOf({ brokers: brokers.split(','), prefix: `${run}.${asked++}.` }),
    stop: async () => {
      if (started !== undefined) return started.stop();
      const admin = clusterOf({ brokers: brokers.split(',') }).kafka.admin();
      await admin.connect();
      const made = (await admin.listTopics()).filter((topic) => topic.startsWith(run));
      if (made.length > 0) await admin.deleteTopics({ topics: made });
      await admin.disconnect();
    },
  };
}
