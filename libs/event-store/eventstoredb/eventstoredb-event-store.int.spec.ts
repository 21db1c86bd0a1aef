import { randomUUID } from 'node:crypto';
import { startDouble } from '../../../test/eventstoredb-double/eventstoredb-double.js';
import { eventStoreContract, type OpenedStore } from '../event-store.contract.js';
import { LENDING } from '../lending.testing.js';
import { EventStoreDbEventStore } from './eventstoredb-event-store.js';

const realServer = process.env['EVENT_STORE_TEST_URL'];

const opened = (url: string, prefix: string, stop: () => Promise<void>): OpenedStore => {
  const open = () => EventStoreDbEventStore.open({ url, declarations: LENDING, prefix });
  let store = open();
  return {
    store,
    reopen: async () => {
      await store.close();
      store = open();
      return store;
    },
    end: async () => {
      await store.close();
      await stop();
    },
  };
};

if (realServer === undefined) {
  console.info('EVENT_STORE_TEST_URL names no EventStoreDB: its adapter is tested against the double of one.');
  eventStoreContract('EventStoreDB (double)', async () => {
    const double = await startDouble();
    return opened(double.url, '', () => double.stop());
  });
  eventStoreContract('EventStoreDB (double), streams with a prefix', async () => {
    const double = await startDouble();
    return opened(double.url, 'tools.', () => double.stop());
  });
} else {
  // A server keeps what earlier tests wrote: each test has a history of its own by a prefix of its own.
  eventStoreContract(`EventStoreDB at ${realServer.replace(/\/\/[^@/]*@/, '//')}`, async () =>
    opened(realServer, `${randomUUID()}.`, async () => undefined),
  );
}
