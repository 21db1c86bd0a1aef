import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { LEASE_MS } from '../../libs/platform/stores/turn.js';
import { Caller, eventually, runAppAs, RunningApp } from '../e2e/running-app.testing.js';
import { putStoresOn } from '../e2e/stores-on-engines.testing.js';
import { startDouble, type EventStoreDbDouble } from '../eventstoredb-double/eventstoredb-double.js';
import { LoggingClient } from '../faults/logging-client.testing.js';
import { startProxy, type TcpProxy } from '../faults/tcp-proxy.testing.js';
import {
  cutAgainAndAgain,
  expectDown,
  expectReactedTo,
  expectUp,
  expectWholeAndVerified,
} from './app-on-engines.testing.js';
import { describeOn, mongoDbForTests } from './engines.testing.js';

const LONG = 180_000;
const mongoDb = await mongoDbForTests();
afterAll(async () => {
  if (mongoDb.present) await mongoDb.stop();
});

describeOn(mongoDb, 'api, projectors and reactor whose engines are out of reach', (mongoDbUrl) => {
  const folder = mkdtempSync(join(tmpdir(), 'amends-roles-down-'));
  const client = new LoggingClient();
  let double: EventStoreDbDouble;
  let [history, reads]: TcpProxy[] = [];
  let app: RunningApp;

  const proxies = (): { history: TcpProxy; reads: TcpProxy } => {
    if (!history || !reads) throw new Error('The proxies were not started.');
    return { history, reads };
  };

  beforeAll(async () => {
    Caller.forget();
    double = await startDouble();
    const server = new URL(mongoDbUrl);
    history = await startProxy(double.port);
    reads = await startProxy(Number(server.port));
    server.port = String(reads.port);
    server.searchParams.set('directConnection', 'true');
    putStoresOn({ eventStore: `esdb://127.0.0.1:${history.port}?tls=false`, mongoDb: server.href });
    runAppAs('api', 'projector', 'projector', 'reactor');
    app = await RunningApp.start(folder);
  }, LONG);
  afterEach(() => {
    for (const proxy of Object.values(proxies())) proxy.slow(0);
  });
  afterAll(async () => {
    await app.stop('SIGKILL');
    for (const proxy of Object.values(proxies())) await proxy.stop();
    await double.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const health = (of: 'live' | 'ready'): Promise<number[]> =>
    Promise.all(app.urls.map(async (url) => (await new Caller(url, undefined).send('GET', `/health/${of}`)).status));
  const areAllUp = (): Promise<boolean> =>
    eventually(async () => (await health('ready')).every((status) => status === 200) || undefined, 'all ready', 60);

  test(
    'cut off from both in mid-request, again and again, they run every command once',
    async () => {
      const { history, reads } = proxies();
      const cuts = [
        cutAgainAndAgain(history, { everyBytes: 80_000, times: 8 }),
        cutAgainAndAgain(reads, { everyBytes: 150_000, times: 8 }),
      ];
      await client.workWhile(app.operator, () => cuts.some(({ left }) => left() > 0));
      for (const { end } of cuts) end();
      await client.complete(app.operator);
      await areAllUp();
    },
    LONG,
  );

  test(
    'without EventStoreDB, then without MongoDB for longer than leases last, all of them live and resume when it is back',
    async () => {
      const { history, reads } = proxies();
      history.refuse();
      await expectDown(app, ['eventStore']);
      expect(await health('ready')).toEqual([503, 503, 503, 503]);
      history.slow(0);
      await areAllUp();
      reads.refuse();
      await expectDown(app, ['readStore', 'ledger', 'vault']);
      await new Promise((over) => setTimeout(over, LEASE_MS));
      expect(await health('live')).toEqual([200, 200, 200, 200]);
      expect(await health('ready')).toEqual([503, 503, 503, 503]);
      reads.slow(0);
      await areAllUp();
      await expectUp(app);
    },
    LONG,
  );

  test(
    'in the end nothing is lost or duplicated, and verify is clean',
    async () => expectWholeAndVerified(app, client, await expectReactedTo(app)),
    LONG,
  );
});
