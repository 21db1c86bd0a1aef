import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { Caller, RunningApp } from '../e2e/running-app.testing.js';
import { putStoresOn } from '../e2e/stores-on-engines.testing.js';
import { startDouble, type EventStoreDbDouble } from '../eventstoredb-double/eventstoredb-double.js';
import { LoggingClient } from '../faults/logging-client.testing.js';
import { startProxy, type TcpProxy } from '../faults/tcp-proxy.testing.js';
import {
  cutAgainAndAgain,
  expectDown,
  expectUp,
  expectReactedTo,
  expectWholeAndVerified,
} from './app-on-engines.testing.js';
import { describeOn, mongoDbForTests } from './engines.testing.js';
import { TopicListener } from './topic-listener.testing.js';

const LONG = 120_000;
const mongoDb = await mongoDbForTests();
afterAll(async () => {
  if (mongoDb.present) await mongoDb.stop();
});

describeOn(mongoDb, 'an app whose EventStoreDB is out of reach', (mongoDbUrl) => {
  const folder = mkdtempSync(join(tmpdir(), 'amends-event-store-down-'));
  const client = new LoggingClient();
  let double: EventStoreDbDouble;
  let proxy: TcpProxy;
  let app: RunningApp;
  let analyst: Caller;
  let listener: TopicListener;

  beforeAll(async () => {
    Caller.forget();
    double = await startDouble();
    proxy = await startProxy(double.port);
    putStoresOn({ eventStore: `esdb://127.0.0.1:${proxy.port}?tls=false`, mongoDb: mongoDbUrl });
    app = await RunningApp.start(folder);
    analyst = await app.caller('ines', 'analyst');
    listener = new TopicListener(app, 'amends.cases');
  }, LONG);
  afterEach(() => proxy.slow(0));
  afterAll(async () => {
    listener.close();
    await app.stop('SIGKILL');
    await proxy.stop();
    await double.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const sent = { source: 'survey', externalId: 'asked-again', customer: 'eva', metric: 'nps', score: 9 };
  const respond = () => app.operator.send('POST', '/v1/responses', JSON.stringify(sent), { 'idempotency-key': 'once' });

  test(
    'cut off in mid-request, again and again, it runs every command once',
    async () => {
      const cuts = cutAgainAndAgain(proxy, { everyBytes: 40_000, times: 12 });
      await client.workWhile(app.operator, () => cuts.left() > 0);
      cuts.end();
      await client.complete(app.operator);
      await expectUp(app);
    },
    LONG,
  );

  test(
    'while it is lost, commands are refused with a sentence and queries go on; all resumes when it is back',
    async () => {
      proxy.refuse();
      const refused = await respond();
      expect(refused).toMatchObject({
        status: 503,
        body: {
          code: 'unavailable',
          detail: expect.stringMatching(/^The event store can not be reached now.*send this again/),
        },
      });
      expect(refused.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await analyst.send('GET', '/v1/cases')).status).toBe(200);
      // Amends first records who reads personal words.
      expect((await app.operator.send('GET', '/v1/cases')).status).toBe(503);
      await expectDown(app, ['eventStore']);
      proxy.slow(0);
      await expectUp(app);
      const done = await respond();
      expect(done.status).toBe(202);
      expect((await respond()).body).toEqual(done.body);
    },
    LONG,
  );

  test(
    'restarted under load, it has every acknowledged write',
    async () => {
      let working = true;
      const work = client.workWhile(app.operator, () => working);
      await double.stop();
      await expectDown(app, ['eventStore']);
      double = await startDouble({ log: double.log, port: double.port });
      await expectUp(app);
      working = false;
      await work;
      await client.complete(app.operator);
    },
    LONG,
  );

  test(
    'while it is slow nothing fails; while it is silent commands are refused by their deadline',
    async () => {
      proxy.slow(30);
      const slow = { ...sent, externalId: 'slow' };
      expect((await app.operator.post('/v1/responses', slow)).status).toBe(202);
      expect((await app.operator.get('/v1/cases?limit=1')).status).toBe(200);
      expect((await app.operator.send('GET', '/health/ready')).status).toBe(200);
      proxy.stall();
      expect((await respond()).status).toBe(503);
      await expectDown(app, ['eventStore']);
      proxy.slow(0);
      proxy.cut();
      await expectUp(app);
    },
    LONG,
  );

  test(
    'in the end nothing is lost or duplicated, and verify is clean',
    async () => {
      const events = await expectReactedTo(app);
      const { heard, recorded } = await listener.compare(events);
      expect(heard).toEqual(recorded);
      await expectWholeAndVerified(app, client, events);
    },
    LONG,
  );
});
