import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EventStore } from '../../libs/event-store/event-store.js';
import { EventStoreDbEventStore } from '../../libs/event-store/eventstoredb/eventstoredb-event-store.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite-event-store.js';
import { Sealer } from '../../libs/evidence/sealer.js';
import { signingKeyIn } from '../../libs/evidence/signing-key.js';
import { verifySeals } from '../../libs/evidence/verify-seals.js';
import { importFile, type ImportResult } from '../../libs/import/import-file.js';
import { loadMapping } from '../../libs/import/mapping/load-mapping.js';
import { startRules } from '../../libs/import/starting-rules.js';
import { SqliteLedger } from '../../libs/ledger/sqlite/sqlite-ledger.js';
import { Inputs } from '../../libs/read-models/inputs.js';
import { READ_MODELS } from '../../libs/read-models/read-models.js';
import { SqliteReadStore } from '../../libs/read-store/sqlite/sqlite-read-store.js';
import { DECLARATIONS } from '../../libs/recovery/history.js';
import { ruleSetHash } from '../../libs/recovery/rules/hash.js';
import { parseRuleSet } from '../../libs/recovery/rules/parse-rule-set.js';
import { digestBuild, type BuildDigest } from '../../libs/replay/digest/digest.js';
import type { AnyProjection } from '../../libs/event-sourcing/projection.js';
import { rebuild } from '../../libs/replay/builds/rebuild.js';
import { loadRuleBooks } from '../../libs/replay/builds/rule-books.js';
import { clockReport, type ClockReportRow } from '../../libs/reports/clock-report.js';
import { PersonalData } from '../../libs/vault/personal-data.js';
import { ROOT_FOLDER, sample } from '../e2e/amends.testing.js';
import { startDouble, type EventStoreDbDouble } from './eventstoredb-double.js';

/** How much of the file is imported; all of it takes a minute or two. */
const LINES = Number(process.env['AMENDS_INCIDENT_LINES'] ?? 4_000);
const LONG_MS = 900_000;
const NOW = '2031-05-05T09:00:00.000Z';
const MAPPING = join(ROOT_FOLDER, 'mappings/incidents.yaml');

type HistoryStore = EventStore & { asStored(): EventStore };

interface Outcome {
  readonly imported: ImportResult;
  readonly digest: BuildDigest;
  readonly clocks: readonly ClockReportRow[];
  readonly seals: unknown;
  readonly again: ImportResult;
}

describe('the incident history on an EventStoreDB and on SQLite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'amends-incidents-'));
  const file = join(folder, 'incidents.csv');
  const vaultKey = randomBytes(32);
  let double: EventStoreDbDouble;
  let onSqlite: Outcome;
  let onEventStoreDb: Outcome;

  /** Imports, seals, builds read models, and imports again. */
  const bring = async (name: string, events: HistoryStore): Promise<Outcome> => {
    const vault = SqliteLedger.open({ path: join(folder, `${name}-vault.db`), mode: 'write', name: 'vault' });
    const ledger = SqliteLedger.open({ path: join(folder, `${name}-ledger.db`), mode: 'write' });
    const reads = SqliteReadStore.open({ path: ':memory:', mode: 'write' });
    try {
      const personal = new PersonalData({ vault, keyEncryptionKey: vaultKey, declarations: DECLARATIONS });
      await personal.checkKey();
      const mapping = loadMapping(readFileSync(MAPPING, 'utf8'), MAPPING);
      const pack = join(ROOT_FOLDER, 'mappings', mapping.mapping.pack);
      const { ruleSet } = parseRuleSet(readFileSync(pack, 'utf8'));
      if (ruleSet === undefined) throw new Error(`${pack} is no rule set.`);
      const actor = { id: 'ana', role: 'operator' };
      await startRules(events, { ruleSet, hash: ruleSetHash(ruleSet), now: NOW, actor });
      const rejectsFile = join(folder, `${name}-rejects.csv`);
      const run = () => importFile({ file, mapping, events, personal, rules: ruleSet, rejectsFile, now: NOW });
      const imported = await run();
      const key = await signingKeyIn(join(folder, `${name}-seal.key`), ledger);
      const sealer = await Sealer.open({ history: events.asStored(), ledger, vault, key, now: () => NOW });
      await sealer.sealNow();
      const rules = await loadRuleBooks(events);
      const { id } = await rebuild({
        events,
        reads,
        projections: READ_MODELS as readonly AnyProjection<Inputs>[],
        inputs: new Inputs(rules.books),
        ruleBooks: rules.entries,
        reason: 'comparison',
        stepMs: Infinity,
      });
      await reads.switchTo(id, undefined);
      return {
        imported,
        digest: await digestBuild(reads),
        clocks: (await clockReport(reads, { by: 'priority', at: NOW })).rows,
        seals: await verifySeals(events.asStored().readAll(), { ledger, vault: ledger, publicKey: key.publicKey }),
        again: await run(),
      };
    } finally {
      await reads.close();
      await ledger.close();
      await vault.close();
    }
  };

  beforeAll(async () => {
    const lines = gunzipSync(readFileSync(sample('incident-events-to-2016-04-14.csv.gz')))
      .toString('utf8')
      .split('\n');
    writeFileSync(file, lines.slice(0, LINES + 1).join('\n'));
    const sqlite = SqliteEventStore.open({
      folder: join(folder, 'history'),
      declarations: DECLARATIONS,
      mode: 'write',
    });
    onSqlite = await bring('sqlite', sqlite);
    await sqlite.close();
    double = await startDouble();
    // Client and server are one process here, which a busy machine may delay for longer than a server.
    const deadlineMs = 60_000;
    const eventStoreDb = EventStoreDbEventStore.open({ url: double.url, declarations: DECLARATIONS, deadlineMs });
    onEventStoreDb = await bring('eventstoredb', eventStoreDb);
    await eventStoreDb.close();
  }, LONG_MS);
  afterAll(async () => {
    await double?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('is imported completely', () => {
    expect(onEventStoreDb.imported).toEqual(onSqlite.imported);
    expect(onEventStoreDb.imported.rows).toBeGreaterThan(LINES / 2);
    expect(onEventStoreDb.imported.rejected).toBe(0);
  });
  test('adds nothing in a second import', () => {
    const { imported, again } = onEventStoreDb;
    expect(again).toMatchObject({ added: 0, alreadyThere: imported.added });
  });
  test('gives the same digests of all read models', () => {
    expect(onEventStoreDb.digest).toEqual(onSqlite.digest);
  });
  test('gives the same clock report', () => {
    expect(onEventStoreDb.clocks).toEqual(onSqlite.clocks);
    expect(onEventStoreDb.clocks.length).toBeGreaterThan(1);
  });
  test('is sealed on both, and the seals are intact', () => {
    expect(onSqlite.seals).toMatchObject({ intact: true });
    expect(onEventStoreDb.seals).toMatchObject({ intact: true });
  });
});
