import { afterAll, describe, test } from '@jest/globals';
import { putStoresOn, type Servers } from '../e2e/stores-on-engines.testing.js';
import { startDouble } from '../eventstoredb-double/eventstoredb-double.js';
import { mongoDbForTests } from './engines.testing.js';

/**
 * Runs an end-to-end spec again, with all stores on engines: the EventStoreDB of EVENT_STORE_TEST_URL, else a double, and
 * MongoDB. Without a MongoDB it is skipped, and one line says so.
 */
export async function onEngines(name: string, load: (servers: Servers) => Promise<unknown>): Promise<void> {
  const mongoDb = await mongoDbForTests();
  if (!mongoDb.present) {
    process.stderr.write(`Left out: ${name} on engines (${mongoDb.reason}).\n`);
    describe.skip(`${name} on engines (${mongoDb.reason})`, () => test('is the same', () => undefined));
    return;
  }
  const named = process.env['EVENT_STORE_TEST_URL'];
  const double = named === undefined ? await startDouble() : undefined;
  const servers = { eventStore: named ?? double?.url ?? '', mongoDb: mongoDb.url };
  putStoresOn(servers);
  afterAll(async () => {
    await double?.stop();
    await mongoDb.stop();
  });
  await load(servers);
}
