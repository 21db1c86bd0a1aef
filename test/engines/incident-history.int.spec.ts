import { Inputs } from '../../libs/read-models/inputs.js';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Collection, MongoClient } from 'mongodb';
import { READ_MODELS } from '../../libs/read-models/read-models.js';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import { MongoReadStore } from '../../libs/read-store/mongodb/mongo-read-store.js';
import { digestBuild } from '../../libs/replay/digest/digest.js';
import { rebuild } from '../../libs/replay/builds/rebuild.js';
import { loadRuleBooks } from '../../libs/replay/builds/rule-books.js';
import { clockReport } from '../../libs/reports/clock-report.js';
import { ROOT_FOLDER } from '../e2e/amends.testing.js';
import { describeOn, freshDatabase, leaveOut, mongoDbForTests } from './engines.testing.js';
import { isTestServer } from './mongodb.js';
import { importIncidents } from './incident-slice.testing.js';

const LONG = 600_000;
const AT = '2016-04-14T00:00:00.000Z';

const mongoDb = await mongoDbForTests();
const testServer = mongoDb.present && (await isTestServer(mongoDb.url));

let folder: string;
let stores: Stores;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'amends-incidents-'));
  stores = await importIncidents(folder);
}, LONG);
afterAll(async () => {
  await stores.close();
  rmSync(folder, { recursive: true, force: true });
  if (mongoDb.present) await mongoDb.stop();
});

/** The code blocks of a page in a language, by the text before each; `kind` is the word after the language. */
function blocksOf(page: string, language: string, kind = ''): (readonly [string, string])[] {
  const text = readFileSync(join(ROOT_FOLDER, 'docs', 'analysts', page), 'utf8');
  const fence = new RegExp('```' + language + ' ?' + kind + '\\n([^]*?)```', 'g');
  return [...text.matchAll(fence)].map(({ 1: code = '', index }) => [
    text.slice(0, index).trimEnd().split('\n\n').at(-1)?.split('\n').join(' ') ?? '',
    code,
  ]);
}

describe('the queries for analysts in SQL', () => {
  const ask = (file: string, sql: string): unknown[] => {
    const database = new DatabaseSync(join(folder, 'data', file), { readOnly: true });
    try {
      return database.prepare(sql).all();
    } finally {
      database.close();
    }
  };
  test.each(blocksOf('sqlite.md', 'sql'))('%s', (_, sql) => {
    expect(ask('read-live.db', sql).length).toBeGreaterThan(0);
  });
  test.each(blocksOf('sqlite.md', 'sql', 'read.db'))('%s', (_, sql) => {
    expect(ask('read.db', sql).length).toBeGreaterThan(0);
  });
});

describeOn(mongoDb, 'the incident history in MongoDB', (url) => {
  const database = freshDatabase(url);
  let reads: MongoReadStore;
  let client: MongoClient;

  beforeAll(async () => {
    client = new MongoClient(database);
    reads = await MongoReadStore.open({ url: database, mode: 'write' });
    const rules = await loadRuleBooks(stores.events);
    const { id } = await rebuild({
      events: stores.events,
      reads,
      projections: READ_MODELS,
      inputs: new Inputs(rules.books),
      ruleBooks: rules.entries,
      reason: 'up to date',
      stepMs: Infinity,
    });
    await reads.switchTo(id, undefined);
  }, LONG);
  afterAll(async () => {
    await reads.close();
    await client.db().dropDatabase();
    await client.close();
  });

  test(
    'has the same digest of each read model as on SQLite',
    async () => {
      expect(await digestBuild(reads)).toEqual(await digestBuild(stores.reads));
    },
    LONG,
  );

  test.each(['priority', 'team'] as const)('gives the same clock report by %s', async (by) => {
    const report = await clockReport(reads, { by, at: AT });
    expect(report.rows.length).toBeGreaterThan(0);
    expect(report).toEqual(await clockReport(stores.reads, { by, at: AT }));
  });

  test('gives the same first pages of queues, in their order', async () => {
    const query = { sort: [{ field: 'nextDueAt', direction: 'asc' }], limit: 100 } as const;
    for (const readModel of ['queues', 'cases'])
      for (const asked of readModel === 'queues' ? [query, { ...query, filter: { team: { $ne: null } } }] : [{}])
        expect(await reads.find(readModel, asked).then(({ documents }) => documents)).toEqual(
          (await stores.reads.find(readModel, asked)).documents,
        );
  });

  /** Runs a block as mongosh would. */
  const run = async (code: string): Promise<unknown[]> => {
    const printed: unknown[] = [];
    const block = new Function('db', 'printjson', `return (async () => {${code}})();`) as (
      db: { getCollection(name: string): Collection },
      printjson: (value: unknown) => void,
    ) => Promise<void>;
    await block({ getCollection: (name) => client.db().collection(name) }, (value) => printed.push(value));
    return printed;
  };

  test.each(blocksOf('mongodb.md', 'js'))('the query for analysts: %s', async (_, code) => {
    expect(await run(code)).toEqual([expect.arrayContaining([expect.anything()])]);
  });

  const onViews = 'the queries for analysts on views say what those on collections say';
  if (testServer) leaveOut('the incident history in MongoDB', { [onViews]: "the test server's views are empty" });
  (testServer ? test.skip : test)(onViews, async () => {
    const [, onCollections = ''] = blocksOf('mongodb.md', 'js')[0] ?? [];
    const [, onView = ''] = blocksOf('mongodb.md', 'js', 'view')[0] ?? [];
    expect(await run(onView)).toEqual(await run(onCollections));
  });
});
