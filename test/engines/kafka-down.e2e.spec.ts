import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { INBOUND_TOPIC } from '../../libs/broker/inbound-topics.js';
import type { Cluster } from '../../libs/broker/kafka/connection.js';
import { RELAY } from '../../libs/broker/kafka/kafka-for-relay.js';
import { KafkaPublisher } from '../../libs/broker/kafka/kafka-publisher.js';
import { sendMessages } from '../../libs/broker/kafka/send-messages.js';
import { amendsJson } from '../e2e/amends.testing.js';
import { Caller, eventually, RunningApp } from '../e2e/running-app.testing.js';
import { LoggingClient } from '../faults/logging-client.testing.js';
import { startProxy, type TcpProxy } from '../faults/tcp-proxy.testing.js';
import {
  cutAgainAndAgain,
  expectDown,
  expectReactedTo,
  expectUp,
  expectWholeAndVerified,
} from './app-on-engines.testing.js';
import { describeOn, kafkaForTests } from './engines.testing.js';
import { freePort, startKafka, type RunningKafka } from './kafka.js';

const LONG = 240_000;
/** A client of Kafka retries for eleven seconds before it gives up, and joins a group as slowly. */
const WITHIN_S = 40;
const present = await kafkaForTests();
afterAll(async () => {
  if (present.present) await present.stop();
});

// This spec restarts its own broker, which tells the app to connect through the proxy.
describeOn(present, 'an app whose Kafka is out of reach', () => {
  const folder = mkdtempSync(join(tmpdir(), 'amends-kafka-down-'));
  const client = new LoggingClient();
  let broker: RunningKafka;
  let proxy: TcpProxy;
  let app: RunningApp;
  /** It connects to the broker directly. */
  let direct: Cluster;

  const startBroker = (ports: { port: number; controllerPort?: number }): Promise<RunningKafka> =>
    startKafka(join(folder, 'broker'), { ...ports, advertisedPort: proxy.port });

  beforeAll(async () => {
    Caller.forget();
    const port = await freePort();
    proxy = await startProxy(port);
    broker = await startBroker({ port });
    const kafka = new Kafka({
      brokers: [broker.brokers],
      logLevel: logLevel.NOTHING,
      socketFactory: ({ onConnect }) => connect({ host: '127.0.0.1', port }, onConnect),
    });
    direct = { kafka, impatient: kafka, prefix: '' };
    Object.assign(process.env, { KAFKA_BROKERS: `127.0.0.1:${proxy.port}`, KAFKA_PARTITIONS: '3' });
    const { KAFKA_BROKERS = '', KAFKA_PARTITIONS = '' } = process.env;
    app = await RunningApp.start(join(folder, 'data'), { KAFKA_BROKERS, KAFKA_PARTITIONS });
    await expectUp(app, WITHIN_S);
  }, LONG);
  afterEach(() => proxy.slow(0));
  afterAll(async () => {
    await app.stop('SIGKILL');
    await broker.stop();
    await proxy.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  let sent = 0;
  /** Sends responses by Kafka that open no case. */
  const sendIn = async (count: number): Promise<void> => {
    const responses = Array.from({ length: count }, () => ({
      source: 'till',
      externalId: `till-${++sent}`,
      customer: `customer ${sent % 7}`,
      metric: 'nps',
      score: 9,
    }));
    const messages = responses.map((each) => ({
      topic: INBOUND_TOPIC,
      key: each.customer,
      headers: {},
      value: JSON.stringify(each),
    }));
    await sendMessages(direct, messages);
  };

  /** Expects commands and queries to work without the broker. */
  const workUntil = async (over: Promise<unknown>): Promise<void> => {
    let goesOn = true;
    const most = client.log.length + 500;
    const work = client.workWhile(app.operator, () => goesOn && client.log.length < most);
    await over.finally(() => (goesOn = false));
    await work;
    await client.complete(app.operator);
    expect((await app.operator.get('/v1/cases?limit=1')).status).toBe(200);
  };

  test(
    'cut off in mid-request, again and again, it runs every command and accepts every response',
    async () => {
      const cuts = cutAgainAndAgain(proxy, { everyBytes: 60_000, times: 8 });
      await workUntil(
        (async () => {
          while (cuts.left() > 0) await sendIn(5);
        })(),
      );
      cuts.end();
      await expectUp(app, WITHIN_S);
    },
    LONG,
  );

  test(
    'while it is lost, it is reported, commands and queries go on, and topics catch up when it is back',
    async () => {
      proxy.refuse();
      await sendIn(20);
      await workUntil(expectDown(app, ['relay', 'inbound', 'kafka'], WITHIN_S));
      proxy.slow(0);
      await expectUp(app, WITHIN_S);
    },
    LONG,
  );

  test(
    'killed and restarted under load, topics catch up',
    async () => {
      const { port, controllerPort } = broker;
      await workUntil(
        (async () => {
          await broker.kill();
          broker = await startBroker({ port, controllerPort });
          await expectUp(app, WITHIN_S);
          await sendIn(20);
        })(),
      );
    },
    LONG,
  );

  test(
    'while it is slow nothing is down; while it is silent it is reported within seconds',
    async () => {
      proxy.slow(30);
      await workUntil(sendIn(20));
      expect((await app.operator.send('GET', '/health/ready')).status).toBe(200);
      proxy.stall();
      // The app detects it although it sends nothing.
      await expectDown(app, ['kafka']);
      proxy.slow(0);
      proxy.cut();
      await expectUp(app, WITHIN_S);
    },
    LONG,
  );

  test(
    'in the end every response is there once, and topics equal history',
    async () => {
      const events = await eventually(async () => {
        const so = await expectReactedTo(app);
        return so.filter(({ data }) => 'source' in data && data.source === 'till').length >= sent ? so : undefined;
      }, 'every response that was sent in by Kafka');
      const takenIn = events.flatMap(({ data }) => ('source' in data && data.source === 'till' ? [data] : []));
      expect(takenIn.map((data) => 'externalId' in data && data.externalId).toSorted()).toEqual(
        Array.from({ length: sent }, (_, n) => `till-${n + 1}`).toSorted(),
      );
      const position = events.at(-1)?.position;
      await eventually(async () => {
        const { details } = (await app.operator.send('GET', '/health/ready')).body as {
          details?: { relay: { position: string } };
        };
        return details?.relay.position === position ? true : undefined;
      }, 'the relay at the end');
      await expectWholeAndVerified(app, client, events);
      // Readers see what was committed.
      await (await KafkaPublisher.open(direct, RELAY)).close();
      expect(await amendsJson('verify', '--topics', '--data', app.folder)).toMatchObject({
        equal: true,
        topics: { clean: true, position },
      });
    },
    LONG,
  );
});
