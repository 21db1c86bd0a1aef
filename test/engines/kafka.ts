import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import { startJava } from './java-process.js';

export interface RunningKafka {
  /** `host:port`, for clients. */
  readonly brokers: string;
  readonly port: number;
  readonly controllerPort: number;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

export interface KafkaPorts {
  readonly port?: number;
  readonly controllerPort?: number;
  /** The address that the broker advertises, such as a proxy's; default: its own. */
  readonly advertisedPort?: number;
}

/** Starts a Kafka broker on loopback that is its own controller, with its data in the folder, by default on free ports. */
export async function startKafka(
  folder: string,
  { port, controllerPort, advertisedPort }: KafkaPorts = {},
): Promise<RunningKafka> {
  mkdirSync(folder, { recursive: true });
  const [client, controller] = [port ?? (await freePort()), controllerPort ?? (await freePort())];
  const file = join(folder, 'kafka.properties');
  writeFileSync(
    file,
    properties({ client, controller, advertised: advertisedPort ?? client, data: join(folder, 'kafka') }),
  );
  const { stop, kill } = await startJava('kafka', {
    folder,
    options: [
      '-Xmx512m',
      '-Dorg.slf4j.simpleLogger.defaultLogLevel=info',
      '-Dorg.slf4j.simpleLogger.logFile=System.out',
    ],
    args: [file],
    readyLine: /Kafka Server started/,
  });
  await coordinating(`127.0.0.1:${client}`);
  return { brokers: `127.0.0.1:${client}`, port: client, controllerPort: controller, stop, kill };
}

const OFFSETS_PARTITIONS = 4;
const LOADING_MS = 30_000;

/** A new broker reports its start before it accepts consumer groups, so this waits until all their partitions are loaded. */
async function coordinating(brokers: string): Promise<void> {
  const admin = new kafkajs.Kafka({ brokers: [brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    // The hash of a group's name chooses its partition: four times as many groups reach them all.
    const groups = Array.from({ length: OFFSETS_PARTITIONS * 4 }, (_, n) => `ready-${n}`);
    for (const deadline = performance.now() + LOADING_MS; ; await after(100)) {
      const late = await admin.describeGroups(groups).then(
        ({ groups }) => groups.some(({ state }) => state.length === 0), // an error has no state
        (error: unknown) => error,
      );
      if (late === false) return;
      if (performance.now() > deadline) throw new Error('Kafka takes no consumer groups yet.', { cause: late });
    }
  } finally {
    await admin.disconnect();
  }
}

interface Settings {
  readonly client: number;
  readonly controller: number;
  readonly advertised: number;
  readonly data: string;
}

const properties = ({ client, controller, advertised, data }: Settings): string =>
  Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    listeners: `PLAINTEXT://127.0.0.1:${client},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${advertised}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': data.replaceAll('\\', '/'),
    // A single node has no replicas.
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': OFFSETS_PARTITIONS,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    // Checks for expired transactions every second instead of every ten.
    'transaction.abort.timed.out.transaction.cleanup.interval.ms': 1_000,
    'group.initial.rebalance.delay.ms': 0,
    'auto.create.topics.enable': false,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
