import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { amends, amendsJson, startAmends } from '../e2e/amends.testing.js';
import { putStoresOn, storesOf } from '../e2e/stores-on-engines.testing.js';
import { RunningApp } from '../e2e/running-app.testing.js';
import { incidentLog } from '../faults/incident-log.testing.js';
import { EventStoreDbEventStore } from '../../libs/event-store/eventstoredb/eventstoredb-event-store.js';
import { MongoLedger } from '../../libs/ledger/mongodb/mongo-ledger.js';
import { DECLARATIONS } from '../../libs/recovery/history.js';
import { onEngines } from './on-engines.testing.js';

const LONG = 300_000;

interface Migrated {
  readonly events: number;
  readonly copied: number;
  readonly digest: string;
}

await onEngines('a move from the embedded stores', async (servers) => {
  const folder = mkdtempSync(join(tmpdir(), 'amends-move-'));
  const embedded = join(folder, 'embedded');
  const importInto = async (data: string, incidents: number): Promise<string> => {
    const file = join(folder, `${incidents}.csv`);
    writeFileSync(file, incidentLog(incidents));
    const imported = amendsJson<{ digest: string }>(
      'import',
      file,
      '--mapping',
      'mappings/incidents.yaml',
      '--data',
      data,
    );
    return (await imported).digest;
  };
  /** The target of a move. */
  const target = (name: string): string[] => {
    putStoresOn(servers);
    const at = storesOf(join(folder, name));
    putStoresOn(undefined);
    return [
      ...['--to', at['EVENT_STORE_URL'] ?? '', '--to-prefix', at['EVENT_STORE_PREFIX'] ?? ''],
      ...['--to-reads', at['READ_STORE_URL'] ?? '', '--to-vault', at['VAULT_URL'] ?? ''],
    ];
  };
  let digest = '';
  beforeAll(async () => {
    putStoresOn(undefined);
    const app = await RunningApp.start(embedded);
    const said = { source: 's', externalId: 'r-1', customer: 'eva', metric: 'nps', score: 1, contactMe: 'yes' };
    expect((await app.operator.post('/v1/responses', { ...said, comment: 'I am Eva' })).status).toBeLessThan(300);
    expect(await app.stop()).toBe(0);
    digest = await importInto(embedded, 150);
  }, LONG);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test(
    'killed in the middle and run again, it copies everything, and the app serves it',
    async () => {
      const name = 'moved';
      const to = target(name);
      const killed = startAmends('migrate', '--from', `sqlite:${embedded}`, ...to);
      const history = EventStoreDbEventStore.open({
        url: servers.eventStore,
        prefix: to[3] ?? '',
        declarations: DECLARATIONS,
      });
      while ((await history.end()) === undefined && killed.exitCode === null) await new Promise(setImmediate);
      killed.kill('SIGKILL');
      expect(await once(killed, 'exit')).toEqual([null, 'SIGKILL']);

      const moved = await amendsJson<Migrated>('migrate', '--from', `sqlite:${embedded}`, ...to);
      expect(moved.copied).toBeGreaterThan(0);
      expect(moved.copied).toBeLessThan(moved.events);
      expect(moved.digest).toBe(digest);
      expect(await amendsJson<Migrated>('migrate', '--from', `sqlite:${embedded}`, ...to)).toMatchObject({
        copied: 0,
        events: moved.events,
        digest,
      });

      // Checkpoints of reactions are positions of the new history.
      const ledger = await MongoLedger.open({ url: to[5] ?? '', mode: 'read' });
      const checkpoints = (await ledger.list<string>('reaction-checkpoint/')).map(({ value }) => value);
      await ledger.close();
      expect(checkpoints.length).toBeGreaterThan(0);
      const places = new Set(['']);
      for await (const { events } of history.readAll()) for (const { position } of events) places.add(position);
      await history.close();
      expect(checkpoints.filter((place) => !places.has(place))).toEqual([]);

      // The folder has the keys; everything else comes from the engines.
      mkdirSync(join(folder, name), { mode: 0o700 });
      for (const key of ['vault.key', 'seal.key']) copyFileSync(join(embedded, key), join(folder, name, key));
      putStoresOn(servers);
      const app = await RunningApp.start(join(folder, name));
      const cases = await app.operator.get('/v1/cases?limit=1');
      expect(cases.status).toBe(200);
      expect(await app.stop()).toBe(0);
      expect(await amendsJson('verify', '--data', join(folder, name))).toMatchObject({ equal: true, seals: 'intact' });
      putStoresOn(undefined);
    },
    LONG,
  );

  test(
    'it refuses a target that has data of another store',
    async () => {
      const to = target('other');
      const other = join(folder, 'other-embedded');
      await importInto(other, 3);
      await amendsJson('migrate', '--data', other, ...to);
      const { code, err } = await amends('migrate', '--data', embedded, ...to);
      expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('This vault was made with another key') });
    },
    LONG,
  );

  test('it says what is missing', async () => {
    const { code, err } = await amends('migrate', '--data', embedded);
    expect(code).toBe(2);
    expect(err).toMatch(/name the target: --to esdb:/);
    expect((await amends('migrate', '--from', embedded)).err).toMatch(/--from must be sqlite:/);
  });
});
