import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { Partitioners } from 'kafkajs';
import { Relay } from '../../../apps/relay/relay.js';
import type { Message } from '../../../libs/broker/broker.js';
import type { Cluster } from '../../../libs/broker/kafka/connection.js';
import { kafkaForRelay } from '../../../libs/broker/kafka/kafka-for-relay.js';
import { makeTopics } from '../../../libs/broker/kafka/make-topics.js';
import { TopicReader } from '../../../libs/broker/kafka/topic-reader.js';
import { verifyTopics } from '../../../libs/broker/kafka/verify-topics.js';
import { messageOf, Publications } from '../../../libs/broker/publications.js';
import type { EventStore } from '../../../libs/event-store/event-store.js';
import { SqliteEventStore } from '../../../libs/event-store/sqlite/sqlite-event-store.js';
import { DECLARATIONS } from '../../../libs/recovery/history.js';
import { fill } from '../history-of-cases.js';
import { inTurn, ProcessorUsed, type Figure, type Size } from '../measure.js';
import { brokerAtHand, type BrokerAtHand } from './broker-at-hand.js';
import { eventStoreAtHand } from './event-store-at-hand.js';

/** The size of the relay's transactions, and of its peer's. */
const BATCH = 1_000;

/** Relays a history to empty topics, from the first transaction to the last: an embedded history, and one on an engine. */
export async function relayToKafka(size: Size, folder: string): Promise<Figure[]> {
  const embedded = SqliteEventStore.open({
    folder: join(folder, 'history'),
    declarations: DECLARATIONS,
    mode: 'write',
  });
  const ofEmbedded = await onNewBroker(join(folder, 'embedded'), (broker) =>
    relayFrom(embedded, 'SQLite', broker, size),
  ).finally(() => embedded.close());
  const server = await eventStoreAtHand();
  const history = server.open();
  const ofServer = await onNewBroker(join(folder, 'server'), (broker) =>
    relayFrom(history, server.name, broker, size),
  ).finally(async () => {
    await history.close();
    await server.stop();
  });
  return [ofEmbedded, ofServer];
}

/** Each run makes its own topics, and a broker with many topics is slower. */
async function onNewBroker<T>(folder: string, work: (broker: BrokerAtHand) => Promise<T>): Promise<T> {
  const broker = await brokerAtHand(folder);
  try {
    return await work(broker);
  } finally {
    await broker.stop();
  }
}

async function relayFrom(history: EventStore, name: string, broker: BrokerAtHand, size: Size): Promise<Figure> {
  const count = await fill(history, size.quick ? 3_000 : 20_000);
  const messages = await messagesOf(history);
  const used = new ProcessorUsed(count);
  let last: { cluster: Cluster; position: string | undefined } | undefined;
  const { ours, against } = await inTurn(
    size.runs,
    async () => {
      const cluster = broker.cluster();
      const { rate, position } = await used.during('relay', () => relayAll(cluster, history, count));
      last = { cluster, position };
      return rate;
    },
    () => used.during('kafkajs', () => sendByHand(broker.cluster(), messages)),
  );
  if (last !== undefined) await refuseIncomplete(last.cluster, history, last.position);
  return {
    what: `relay from ${name} to one Kafka broker`,
    unit: 'events/s',
    ours,
    against: { name: `kafkajs sending the same, ${BATCH.toLocaleString('en')} a transaction`, values: against },
    reach: { atLeast: 10_000 },
    note: `${count.toLocaleString('en')} events; the relay used ${used.of('relay')} us of the processor for each, and kafkajs alone ${used.of('kafkajs')}; the topics were compared with history after the last run`,
  };
}

async function relayAll(
  cluster: Cluster,
  history: EventStore,
  count: number,
): Promise<{ rate: number; position: string | undefined }> {
  const said: string[] = [];
  const relay = new Relay({
    history,
    ...kafkaForRelay(cluster, history),
    say: (_, sentence) => void said.push(sentence),
    batchSize: BATCH,
  });
  const stopping = new AbortController();
  let failure: unknown;
  const running = relay.run(stopping.signal).catch((error: unknown) => (failure = error));
  const reaches = async (holds: () => boolean): Promise<void> => {
    while (!holds()) {
      if (failure !== undefined || said.length > 0)
        throw new Error(`The relay did not go through: ${said.join(' ')}`, { cause: failure });
      await after(2);
    }
  };
  await reaches(() => relay.state.state === 'following');
  const began = performance.now();
  await reaches(() => relay.state.published === count);
  const rate = (count / (performance.now() - began)) * 1_000;
  const { position } = relay.state;
  stopping.abort();
  await running;
  return { rate, position };
}

async function messagesOf(history: EventStore): Promise<Message[]> {
  const publications = new Publications(history);
  const messages: Message[] = [];
  for await (const { events } of history.readAll()) messages.push(...(await publications.of(events)).map(messageOf));
  return messages;
}

/** A careful program by hand that has the messages in memory: it reads nothing and stores no position. */
async function sendByHand(cluster: Cluster, messages: readonly Message[]): Promise<number> {
  const { kafka, prefix } = cluster;
  await makeTopics(cluster);
  const producer = kafka.producer({
    transactionalId: `${prefix}by-hand`,
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  const began = performance.now();
  for (let from = 0; from < messages.length; from += BATCH) {
    const transaction = await producer.transaction();
    const part = messages.slice(from, from + BATCH);
    await transaction.sendBatch({
      acks: -1,
      topicMessages: [...new Set(part.map(({ topic }) => topic))].map((name) => ({
        topic: prefix + name,
        messages: part
          .filter(({ topic }) => topic === name)
          .map(({ key, value, headers }) => ({ key, value, headers: { ...headers } })),
      })),
    });
    await transaction.commit();
  }
  const rate = (messages.length / (performance.now() - began)) * 1_000;
  await producer.disconnect();
  return rate;
}

async function refuseIncomplete(cluster: Cluster, history: EventStore, position: string | undefined): Promise<void> {
  const { clean, topics } = await verifyTopics({ history, reader: new TopicReader(cluster), position });
  if (!clean) throw new Error(`The topics are not what history has: ${JSON.stringify(topics)}`);
}
