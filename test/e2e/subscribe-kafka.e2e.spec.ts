import { afterAll, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { follow, type Event } from '../../docs/subscribers/consumer.js';
import { noted, opened, append } from '../../libs/broker/sample-events.testing.js';
import { describeOn, kafkaForTests } from '../engines/engines.testing.js';
import { TopicsOnKafka, until } from '../kafka/topics-on-kafka.testing.js';

const MAIN = resolve(import.meta.dirname, '../../dist/apps/relay/main.js');
const kafka = await kafkaForTests();
afterAll(async () => {
  if (kafka.present) await kafka.stop();
});

describeOn(kafka, 'a team subscribes to Kafka', (brokers) => {
  /** Runs the built relay in its own process, while another process writes history. */
  const startRelay = async (topics: TopicsOnKafka): Promise<ChildProcess> => {
    if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing. Run npm run build first.`);
    const child = spawn(process.execPath, ['--disable-warning=TimeoutNegativeWarning', MAIN], {
      env: {
        PATH: process.env['PATH'],
        AMENDS_DATA: topics.folder,
        KAFKA_BROKERS: brokers,
        KAFKA_PREFIX: topics.cluster.prefix,
        KAFKA_PARTITIONS: '3',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of child.stdout) if (String(line).includes('The relay follows')) break;
    return child;
  };

  test('it has every event, once and in order, while the relay is killed three times', async () => {
    const topics = await TopicsOnKafka.open(brokers);
    try {
      const cases = 40;
      const events = 25;
      const appended: string[] = [];
      const tellAll = async (): Promise<void> => {
        for (let revision = 1; revision <= events; revision++)
          for (let id = 0; id < cases; id++) {
            const { stream } = await append(
              topics.history,
              `case-${id}`,
              revision === 1 ? opened(String(id)) : noted(`owner ${revision}`),
            );
            appended.push(`${stream} ${revision}`);
          }
      };
      let relay = await startRelay(topics);
      const revisions = new Map<string, number>();
      const seen: Event[] = [];
      await until(async () => (await topics.names()).includes('amends.cases'), 'the topics');
      const stop = await follow(
        { brokers: brokers.split(','), topics: [`${topics.cluster.prefix}amends.cases`], group: topics.cluster.prefix },
        {
          lastRevision: async (stream) => revisions.get(stream) ?? 0,
          handle: async (event) => {
            seen.push(event);
            revisions.set(event.stream, event.revision);
          },
        },
      );
      const telling = tellAll();
      for (let kill = 1; kill <= 3; kill++) {
        await until(() => seen.length >= (kill * cases * events) / 5, `a part of the events, for the kill ${kill}`);
        relay.kill('SIGKILL');
        await once(relay, 'exit');
        relay = await startRelay(topics);
      }
      await telling;
      await until(() => seen.length >= appended.length, 'every event');
      await stop();
      relay.kill('SIGTERM');
      const [code] = (await once(relay, 'exit')) as [number | null];
      expect(code).toBe(0);
      expect(seen.map(({ stream, revision }) => `${stream} ${revision}`).toSorted()).toEqual(appended.toSorted());
      for (let id = 0; id < cases; id++)
        expect(seen.filter(({ key }) => key === String(id)).map(({ revision }) => revision)).toEqual(
          Array.from({ length: events }, (_, before) => before + 1),
        );
      await topics.settled();
      const inTopics = await topics.published();
      process.stdout.write(
        `Of ${appended.length} events, ${inTopics.length - appended.length} are in their topic twice.\n`,
      );
    } finally {
      await topics.end();
    }
  });
});
