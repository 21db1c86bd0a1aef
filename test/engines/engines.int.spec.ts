import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, test } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { MongoClient } from 'mongodb';
import { ROOT_FOLDER } from '../e2e/amends.testing.js';
import { describeOn, freshDatabase, kafkaForTests, mongoDbForTests } from './engines.testing.js';
import { startMongoDb } from './mongodb.js';

const [mongoDb, kafka] = [await mongoDbForTests(), await kafkaForTests()];
afterAll(async () => {
  for (const engine of [mongoDb, kafka]) if (engine.present) await engine.stop();
});

describeOn(mongoDb, 'MongoDB for tests', (url) => {
  test('keeps documents', async () => {
    const client = new MongoClient(freshDatabase(url));
    const tools = client.db().collection<{ _id: string; out: boolean }>('tools');
    await tools.insertOne({ _id: 'saw', out: true });
    expect(await tools.findOne({ out: true })).toEqual({ _id: 'saw', out: true });
    await client.db().dropDatabase();
    await client.close();
  });
});

describeOn(kafka, 'Kafka for tests', (brokers) => {
  test('makes topics, takes messages and gives them back in order', async () => {
    const client = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING, retry: { retries: 20 } });
    const topic = `amends.test.${Date.now()}`;
    const [admin, producer, consumer] = [client.admin(), client.producer(), client.consumer({ groupId: topic })];
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
    await producer.connect();
    await producer.send({ topic, messages: ['lent', 'returned'].map((value) => ({ key: 'saw', value })) });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    const seen: string[] = [];
    await new Promise<void>((resolve, reject) => {
      consumer
        .run({
          eachMessage: async ({ message }) => {
            seen.push(String(message.value));
            if (seen.length === 2) resolve();
          },
        })
        .catch(reject);
    });
    expect(seen).toEqual(['lent', 'returned']);
    await consumer.disconnect();
    await producer.disconnect();
    await admin.deleteTopics({ topics: [topic] });
    await admin.disconnect();
  });
});

/** Each engine's process must not outlive the process that started it. */
describeOn(mongoDb, 'an engine that was started', () => {
  const folder = mkdtempSync(join(tmpdir(), 'amends-launcher-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('keeps its data across a restart, and releases its port', async () => {
    const first = await startMongoDb(folder);
    const before = new MongoClient(first.url);
    await before.db('tools').collection<{ _id: string }>('tools').insertOne({ _id: 'saw' });
    await before.close();
    await first.stop();
    const second = await startMongoDb(folder, first.port);
    const after = new MongoClient(second.url);
    expect(await after.db('tools').collection('tools').countDocuments()).toBe(1);
    await after.close();
    await second.stop();
  });

  test('ends with its parent, even if that is killed', async () => {
    const main = join(ROOT_FOLDER, 'dist', 'test', 'engines', 'main.js');
    if (!existsSync(main)) throw new Error(`${main} is not there. Build it first: npm run build`);
    const options = ['mongodb', '--env', '--mongodb-port', '27999', '--folder', join(folder, 'orphan')];
    const parent = spawn(process.execPath, [main, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface({ input: parent.stdout })) if (line === 'ENGINES=ready') break;
    const client = new MongoClient('mongodb://127.0.0.1:27999', { serverSelectionTimeoutMS: 5_000 });
    expect(await client.db().command({ ping: 1 })).toMatchObject({ ok: 1 });
    parent.kill('SIGKILL');
    await expect(pingUntilGone(client)).resolves.toBeInstanceOf(Error);
    await client.close();
  });
});

/** The test's timeout bounds it. */
async function pingUntilGone(client: MongoClient): Promise<unknown> {
  for (;;) {
    try {
      await client.db().command({ ping: 1 });
    } catch (error) {
      return error;
    }
  }
}
