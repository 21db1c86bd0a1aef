import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { Inbound } from '../../apps/relay/inbound.js';
import { pause } from '../../libs/platform/stores/turn.js';
import type { ReceiveResponse } from '../../libs/responses/receive-response.js';
import type { Message } from '../../libs/broker/broker.js';
import { INBOUND_TOPIC } from '../../libs/broker/inbound-topics.js';
import { RELAY } from '../../libs/broker/kafka/kafka-for-relay.js';
import { KafkaSubscriber } from '../../libs/broker/kafka/kafka-subscriber.js';
import { makeTopics } from '../../libs/broker/kafka/make-topics.js';
import { relayedPosition } from '../../libs/broker/kafka/relayed-position.js';
import { sendMessages } from '../../libs/broker/kafka/send-messages.js';
import { TopicReader } from '../../libs/broker/kafka/topic-reader.js';
import { verifyTopics } from '../../libs/broker/kafka/verify-topics.js';
import { noted, opened, append } from '../../libs/broker/sample-events.testing.js';
import { describeOn, kafkaForTests } from '../engines/engines.testing.js';
import { freePort, type RunningKafka, startKafka } from '../engines/kafka.js';
import { startProxy, type TcpProxy } from '../faults/tcp-proxy.testing.js';
import { TopicsOnKafka, until } from './topics-on-kafka.testing.js';

const LONG = 240_000;
const kafka = await kafkaForTests();
afterAll(async () => {
  if (kafka.present) await kafka.stop();
});

// This spec restarts its own broker, which tells clients to connect through the proxy.
describeOn(kafka, 'a Kafka behind a bad network', () => {
  const folder = mkdtempSync(join(tmpdir(), 'amends-bad-network-'));
  let [proxy, broker, topics]: [TcpProxy?, RunningKafka?, TopicsOnKafka?] = [];
  const started = (): { proxy: TcpProxy; broker: RunningKafka; topics: TopicsOnKafka } => {
    if (!proxy || !broker || !topics) throw new Error('The broker was not started.');
    return { proxy, broker, topics };
  };

  beforeAll(async () => {
    const port = await freePort();
    proxy = await startProxy(port);
    broker = await startKafka(folder, { port, advertisedPort: proxy.port });
  }, LONG);
  afterAll(async () => {
    await broker?.stop();
    await proxy?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    const { port } = proxy ?? { port: 0 };
    topics = await TopicsOnKafka.open(`127.0.0.1:${port}`);
    await makeTopics(topics.cluster, { partitions: 3 });
  });
  afterEach(() => topics?.end());

  const tellCases = async (cases: readonly string[], events: number): Promise<void> => {
    for (let revision = 1; revision <= events; revision++)
      for (const id of cases)
        await append(
          started().topics.history,
          `case-${id}`,
          revision === 1 ? opened(id) : noted(`owner ${revision} ${'x'.repeat(500)}`),
        );
  };

  /** Expects complete topics, in order for a subscriber who counts revisions. */
  const expectClean = async (messages: number): Promise<void> => {
    const { cluster, history } = started().topics;
    await started().topics.settled();
    const position = await relayedPosition(cluster, RELAY);
    expect(position).toBe(await history.end());
    const verified = await verifyTopics({ history, reader: new TopicReader(cluster), position });
    expect(verified).toMatchObject({ clean: true });
    const [cases] = verified.topics.filter(({ topic }) => topic === 'amends.cases');
    expect((cases?.messages ?? 0) - (cases?.dropped ?? 0)).toBe(messages);
  };

  test(
    'a relay that is cut off in mid-transaction, again and again, sends every event in order',
    async () => {
      const { topics, proxy } = started();
      await tellCases(['1', '2', '3', '4'], 150);
      const end = await topics.history.end();
      const { relay, stop } = topics.relay({ batchSize: 20 });
      let [cuts, at] = [0, proxy.bytes + 30_000];
      const watch = setInterval(() => {
        if (proxy.bytes < at || cuts === 6) return;
        cuts += 1;
        at = proxy.bytes + 30_000;
        proxy.cut();
      });
      await until(() => relay.state.position === end, 'the relay at the end');
      clearInterval(watch);
      expect(await stop()).toBeUndefined();
      expect(cuts).toBe(6);
      await expectClean(600);
    },
    LONG,
  );

  test(
    'the relay reports that it waits for a stalled broker, and resumes with it',
    async () => {
      const { topics, proxy } = started();
      await tellCases(['1'], 5);
      const { relay, stop } = topics.relay();
      await until(async () => relay.state.position === (await topics.history.end()), 'the relay at the end');
      proxy.stall();
      await tellCases(['2'], 5);
      await until(() => relay.state.state === 'waiting', 'a relay that waits');
      expect(relay.state.error).toContain('The broker has not taken a batch within 300 ms.');
      proxy.slow(0);
      proxy.cut();
      await until(async () => relay.state.position === (await topics.history.end()), 'the relay at the new end');
      expect(relay.state).toMatchObject({ state: 'following' });
      expect(relay.state.error).toBeUndefined();
      expect(await stop()).toBeUndefined();
      await expectClean(10);
    },
    LONG,
  );

  test(
    'a relay that is cut off for longer than a transaction may last does not take itself for another one, and resumes',
    async () => {
      const { topics, proxy } = started();
      await tellCases(['1', '2', '3', '4'], 250);
      const transactionTimeoutMs = 2_000;
      const { relay, stop } = topics.relay({ transactionTimeoutMs });
      await until(() => relay.state.state === 'following', 'a relay that publishes');
      proxy.stall(100_000);
      await until(() => relay.state.state === 'waiting', 'a relay that is cut off in mid-transaction');
      expect(relay.state.published).toBe(0);
      await after(transactionTimeoutMs * 2); // the broker's own clock
      proxy.slow(0);
      proxy.cut();
      await until(async () => relay.state.position === (await topics.history.end()), 'the relay at the end');
      expect(await stop()).toBeUndefined();
      expect(topics.said.join()).toContain('The topics are looked through');
      await expectClean(1_000);
    },
    LONG,
  );

  test(
    'a slow broker gets every event',
    async () => {
      const { topics, proxy } = started();
      proxy.slow(15);
      await tellCases(['1', '2'], 20);
      const { relay, stop } = topics.relay({ batchSize: 10 });
      await until(async () => relay.state.position === (await topics.history.end()), 'the relay at the end');
      proxy.slow(0);
      expect(await stop()).toBeUndefined();
      await expectClean(40);
    },
    LONG,
  );

  test(
    'a broker that crashes and restarts gets every event',
    async () => {
      const { topics, broker: before } = started();
      await tellCases(['1', '2'], 40);
      const { relay, stop } = topics.relay({ batchSize: 10 });
      await until(() => relay.state.published >= 20, 'a part of history');
      await before.kill();
      await tellCases(['3'], 40);
      broker = await startKafka(folder, {
        port: before.port,
        controllerPort: before.controllerPort,
        ...(proxy === undefined ? {} : { advertisedPort: proxy.port }),
      });
      await until(async () => relay.state.position === (await topics.history.end()), 'the relay at the end');
      expect(await stop()).toBeUndefined();
      await expectClean(120);
    },
    LONG,
  );

  test(
    'no response is lost when the connection is cut during inbound work',
    async () => {
      const { topics, proxy } = started();
      const sent = Array.from({ length: 200 }, (_, n) => ({
        topic: INBOUND_TOPIC,
        key: `customer ${n % 7}`,
        headers: {},
        value: JSON.stringify({
          source: 's',
          externalId: `r-${n}`,
          customer: 'c',
          metric: 'nps',
          score: 1,
          contactMe: 'no',
        }),
      })) satisfies Message[];
      const received = new Set<string>();
      const stop = new AbortController();
      const taking = (async () => {
        while (!stop.signal.aborted)
          await new Inbound({
            subscriber: new KafkaSubscriber(topics.cluster),
            // Like history, it ignores a second response with the same id.
            receive: async ({ externalId }: ReceiveResponse) => {
              received.add(externalId);
              return {};
            },
            reject: async (rejects) => {
              throw new Error(`Refused: ${JSON.stringify(rejects)}`);
            },
            now: () => '2031-05-05T09:00:00.000Z',
            patience: { tries: 5, longestWaitMs: 1_000, failingMs: 60_000, graceMs: 0 },
            pause,
          })
            .run(stop.signal)
            .catch((error: unknown) => topics.said.push(String(error)));
      })();
      for (let part = 0; part < 10; part++) {
        await sendMessages(topics.cluster, sent.slice(part * 20, part * 20 + 20));
        proxy.cut();
      }
      await until(() => received.size === sent.length, 'every response');
      stop.abort();
      await taking;
      expect(topics.said.filter((sentence) => sentence.includes('Refused'))).toEqual([]);
    },
    LONG,
  );
});
