import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { isTestServer, startMongoDb } from '../../engines/mongodb.js';

export interface ReadStoreAtHand {
  readonly name: string;
  /** A stand-in, whose speed says nothing about MongoDB. */
  readonly isStandIn: boolean;
  /** This benchmark's own database. */
  database(name: string): string;
  stop(): Promise<void>;
}

/** The MongoDB of READ_STORE_TEST_URL, else a new test server with its data in the folder. */
export async function readStoreAtHand(folder: string): Promise<ReadStoreAtHand> {
  const named = process.env['READ_STORE_TEST_URL'];
  const started = named === undefined ? await startMongoDb(folder) : undefined;
  const url = named ?? started?.url ?? '';
  const isStandIn = await isTestServer(url);
  const run = `amends_bench_${randomUUID().slice(0, 8)}`;
  const made = new Set<string>();
  return {
    name: isStandIn ? 'a test server of MongoDB' : 'MongoDB',
    isStandIn,
    database: (name) => {
      const at = new URL(url);
      at.pathname = `/${run}_${name}`;
      made.add(at.href);
      return at.href;
    },
    stop: async () => {
      if (started !== undefined) return started.stop();
      for (const each of made) {
        const client = new MongoClient(each);
        await client.db().dropDatabase();
        await client.close();
      }
    },
  };
}
