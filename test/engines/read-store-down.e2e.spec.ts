import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { Caller, RunningApp } from '../e2e/running-app.testing.js';
import { putStoresOn, storesOf } from '../e2e/stores-on-engines.testing.js';
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
import { startMongoDb, type RunningMongoDb } from './mongodb.js';

const LONG = 120_000;
const present = await mongoDbForTests();
if (present.present) await present.stop();

// This spec restarts its own server. The vault has a proxy of its own.
describeOn(present, 'an app whose MongoDB is out of reach', () => {
  const folder = mkdtempSync(join(tmpdir(), 'amends-read-store-down-'));
  const client = new LoggingClient();
  let double: EventStoreDbDouble;
  let server: RunningMongoDb;
  let [reads, vault]: TcpProxy[] = [];
  let app: RunningApp;
  let analyst: Caller;

  const proxies = (): { reads: TcpProxy; vault: TcpProxy } => {
    if (!reads || !vault) throw new Error('The proxies were not started.');
    return { reads, vault };
  };

  beforeAll(async () => {
    Caller.forget();
    double = await startDouble();
    server = await startMongoDb(join(folder, 'server'));
    reads = await startProxy(server.port);
    vault = await startProxy(server.port);
    putStoresOn({ eventStore: double.url, mongoDb: `mongodb://127.0.0.1:${reads.port}/?directConnection=true` });
    const data = join(folder, 'data');
    const vaultUrl = (storesOf(data)['VAULT_URL'] ?? '').replace(String(reads.port), String(vault.port));
    app = await RunningApp.start(data, { VAULT_URL: vaultUrl });
    analyst = await app.caller('ines', 'analyst');
  }, LONG);
  afterEach(() => {
    for (const proxy of [reads, vault]) proxy?.slow(0);
  });
  afterAll(async () => {
    await app.stop('SIGKILL');
    for (const proxy of [reads, vault]) await proxy?.stop();
    await double.stop();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const respond = (externalId: string, over: object = {}) => {
    const sent = { source: 'survey', externalId, customer: externalId, metric: 'nps', score: 9, ...over };
    return app.operator.post('/v1/responses', sent, { 'idempotency-key': externalId });
  };

  test(
    'cut off in mid-request, again and again, it runs every command once',
    async () => {
      const cuts = cutAgainAndAgain(proxies().reads, { everyBytes: 30_000, times: 10 });
      await client.workWhile(app.operator, () => cuts.left() > 0);
      cuts.end();
      await client.complete(app.operator);
      await expectUp(app);
    },
    LONG,
  );

  test(
    'while it is lost, queries are refused with a sentence, commands go on, and the read models catch up when it is back',
    async () => {
      expect((await analyst.send('GET', '/v1/cases')).status).toBe(200);
      proxies().reads.refuse();
      const refused = await analyst.send('GET', '/v1/cases');
      expect(refused).toMatchObject({
        status: 503,
        body: { detail: expect.stringMatching(/^The read store can not be reached now.*send this again/) },
      });
      expect(refused.headers.has('retry-after')).toBe(true);
      expect((await app.as('a-key-that-was-not-seen-before').send('GET', '/v1/cases')).status).toBe(503);
      const done = await respond('while-lost');
      expect(done.status).toBe(202);
      await expectDown(app, ['readStore', 'ledger']);
      proxies().reads.slow(0);
      await expectUp(app);
      expect((await analyst.get('/v1/cases?limit=1')).status).toBe(200);
      expect((await respond('while-lost')).body).toEqual(done.body);
    },
    LONG,
  );

  test(
    'without its vault, personal words are neither accepted nor shown; all else goes on',
    async () => {
      proxies().vault.refuse();
      const refused = await respond('said-while-lost', { comment: 'I am Eva', customer: 'eva' });
      expect(refused).toMatchObject({ status: 503, body: { detail: expect.stringContaining('the vault can not be') } });
      expect((await analyst.send('GET', '/v1/cases')).status).toBe(200);
      await expectDown(app, ['vault']);
      proxies().vault.slow(0);
      await expectUp(app);
      expect((await respond('said-while-lost', { comment: 'I am Eva', customer: 'eva' })).status).toBe(202);
    },
    LONG,
  );

  test(
    'restarted under load, it resumes from its data',
    async () => {
      let working = true;
      const work = client.workWhile(app.operator, () => working);
      // Cut it off first: the closing test server answers with errors that no MongoDB has.
      for (const proxy of Object.values(proxies())) proxy.refuse();
      await server.stop();
      await expectDown(app, ['readStore', 'ledger', 'vault']);
      server = await startMongoDb(join(folder, 'server'), server.port);
      for (const proxy of Object.values(proxies())) proxy.slow(0);
      await expectUp(app);
      working = false;
      await work;
      await client.complete(app.operator);
    },
    LONG,
  );

  test(
    'while it is slow nothing fails; while it is silent queries are refused by their deadline',
    async () => {
      for (const proxy of Object.values(proxies())) proxy.slow(10);
      expect((await respond('slow')).status).toBe(202);
      expect((await analyst.get('/v1/cases?limit=1')).status).toBe(200);
      proxies().reads.stall();
      const asked = await Promise.all([analyst.send('GET', '/v1/cases'), app.operator.send('GET', '/health/ready')]);
      expect(asked.map(({ status }) => status)).toEqual([503, 503]);
      proxies().reads.slow(0);
      proxies().reads.cut();
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
