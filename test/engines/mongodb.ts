import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { MongoClient, MongoServerError } from 'mongodb';
import { startJava } from './java-process.js';

export interface RunningMongoDb {
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/**
 * Starts the MongoDB test server on loopback, with its data in the folder; port 0 takes a free one.
 * @throws EngineAbsent if Java or Maven is missing.
 */
export async function startMongoDb(folder: string, port = 0): Promise<RunningMongoDb> {
  mkdirSync(folder, { recursive: true });
  const { ready, stop, kill } = await startJava('mongodb', {
    folder,
    options: ['-Xmx1g', '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'],
    args: [String(port), join(folder, 'mongodb.mv')],
    readyLine: /^listening (\d+)$/,
  });
  const bound = Number(ready[1]);
  return { url: `mongodb://127.0.0.1:${bound}`, port: bound, stop, kill };
}

/** Whether it is the test server of `npm run engines`: it lacks `hello`, which every MongoDB from 4.4 on has. */
export async function isTestServer(url: string): Promise<boolean> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 10_000 });
  try {
    await client.db('admin').command({ hello: 1 });
    return false;
  } catch (error) {
    if (error instanceof MongoServerError && error.code === 59) return true;
    throw error;
  } finally {
    await client.close();
  }
}
