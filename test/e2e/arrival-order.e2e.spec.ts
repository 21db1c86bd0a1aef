import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Recorded, ToAppend } from '../../libs/event-sourcing/event.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite-event-store.js';
import { importFile } from '../../libs/import/import-file.js';
import { loadMapping } from '../../libs/import/mapping/load-mapping.js';
import { startRules } from '../../libs/import/starting-rules.js';
import { SqliteLedger } from '../../libs/ledger/sqlite/sqlite-ledger.js';
import { Inputs } from '../../libs/read-models/inputs.js';
import { READ_MODELS } from '../../libs/read-models/read-models.js';
import { SqliteReadStore } from '../../libs/read-store/sqlite/sqlite-read-store.js';
import { DECLARATIONS } from '../../libs/recovery/history.js';
import { ruleSetHash } from '../../libs/recovery/rules/hash.js';
import { parseRuleSet } from '../../libs/recovery/rules/parse-rule-set.js';
import { rebuild } from '../../libs/replay/builds/rebuild.js';
import { loadRuleBooks } from '../../libs/replay/builds/rule-books.js';
import { digestBuild } from '../../libs/replay/digest/digest.js';
import { PersonalData } from '../../libs/vault/personal-data.js';
import { ROOT_FOLDER, sample } from './amends.testing.js';

const CASES = 500;
const NOW = '2031-05-05T09:00:00.000Z';
const MAPPING = join(ROOT_FOLDER, 'mappings/incidents.yaml');
const folder = mkdtempSync(join(tmpdir(), 'amends-arrival-'));

let history: readonly Recorded[];
let stores = 0;
const openStore = () =>
  SqliteEventStore.open({ folder: join(folder, `history-${stores++}`), declarations: DECLARATIONS, mode: 'write' });

beforeAll(async () => {
  const [header, ...rows] = gunzipSync(readFileSync(sample('incident-events-to-2016-04-14.csv.gz')))
    .toString('utf8')
    .split('\n');
  const wanted = new Set<string>();
  const ofFirstCases = rows.filter((row) => {
    const number = row.slice(0, row.indexOf(','));
    return wanted.has(number) || (wanted.size < CASES && wanted.add(number));
  });
  const file = join(folder, 'incidents.csv');
  writeFileSync(file, [header, ...ofFirstCases].join('\n'));
  const mapping = loadMapping(readFileSync(MAPPING, 'utf8'), MAPPING);
  const { ruleSet } = parseRuleSet(readFileSync(join(ROOT_FOLDER, 'mappings', mapping.mapping.pack), 'utf8'));
  if (ruleSet === undefined) throw new Error('The pack of the incident log is no rule set.');
  const events = openStore();
  const vault = SqliteLedger.open({ path: join(folder, 'vault.db'), mode: 'write', name: 'vault' });
  try {
    const personal = new PersonalData({ vault, keyEncryptionKey: randomBytes(32), declarations: DECLARATIONS });
    const actor = { id: 'ana', role: 'operator' };
    await startRules(events, { ruleSet, hash: ruleSetHash(ruleSet), now: NOW, actor });
    const rejectsFile = join(folder, 'rejects.csv');
    const { cases } = await importFile({ file, mapping, events, personal, rules: ruleSet, rejectsFile, now: NOW });
    expect(cases).toBe(CASES);
    const all: Recorded[] = [];
    for await (const batch of events.readAll()) all.push(...batch.events);
    history = all;
  } finally {
    await events.close();
    await vault.close();
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The digest of all read models of a history that holds these events, recorded in this order. */
async function digestOf(recorded: readonly Recorded[]): Promise<string> {
  const events = openStore();
  const reads = SqliteReadStore.open({ path: ':memory:', mode: 'write' });
  try {
    for (const [stream, ofStream] of Map.groupBy(recorded, (event) => event.stream))
      await events.append(stream, ofStream.map(asTold), 0);
    const { books, entries } = await loadRuleBooks(events);
    const inputs = new Inputs(books);
    const { id } = await rebuild({
      events,
      reads,
      projections: READ_MODELS,
      inputs,
      ruleBooks: entries,
      reason: 'order',
    });
    return (await digestBuild(reads, id)).digest;
  } finally {
    await events.close();
    await reads.close();
  }
}

/** As its source tells it, with its place among the source's events of the same instant. */
const asTold = ({ revision, position: _, ...event }: Recorded): ToAppend =>
  event.imported ? { ...event, sequence: revision } : event;

test('the digests of an imported history do not depend on the order in which its facts arrived', async () => {
  const inOrder = await digestOf(history);
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), async (random) => {
      const keyed = history.map((event) => ({ event, key: event.imported ? Number(random.next().value) : 0 }));
      const arrived = keyed.sort((a, b) => a.key - b.key).map(({ event }) => event);
      expect(await digestOf(arrived)).toBe(inOrder);
    }),
    { seed: 3, numRuns: 3, endOnFailure: true },
  );
});
