import { expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ALL_SHARDS } from '../../libs/event-sourcing/shard.js';
import { cases } from '../../libs/read-models/cases.js';
import { queues } from '../../libs/read-models/queues.js';
import { pageQuery } from '../../libs/read-store/sqlite/page-query.js';
import { SqliteReadStore } from '../../libs/read-store/sqlite/sqlite-read-store.js';
import { shapesOf } from '../../libs/replay/fold/projections.js';
import { openCasesOf, ReadModelsBehind, type OpenCasesFrom } from './open-cases-of.js';

const of = (id: string, owner: string, more: object = {}) => ({
  ...{ case: id, owner, team: 'north', status: 'open', customer: `customer of ${id}`, programme: 'care' },
  ...{
    kind: 'recover',
    priority: 'normal',
    priorityRank: 3,
    touchpoint: null,
    product: null,
    language: 'da',
    tags: [],
  },
  ...more,
});
const MANY = Array.from({ length: 450 }, (_, n) => of(`m${n}`, 'ben'));
const OTHERS = Array.from({ length: 300 }, (_, n) => of(`o${n}`, 'cem'));
const OF_ANA = [
  of('k1', 'ana'),
  of('k2', 'ana', { priority: 'urgent', priorityRank: 1 }),
  of('k3', 'ana', { status: 'paused' }),
  of('k4', 'ana', { status: 'submitted' }),
  of('k5', 'ana', { team: 'south' }),
];

async function during(work: (from: OpenCasesFrom, plans: string[]) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'open-cases-'));
  const reads = SqliteReadStore.open({ path: join(folder, 'read.db'), mode: 'write' });
  try {
    const shapes = shapesOf([queues as never, cases as never]);
    const { id } = await reads.begin(shapes, { ruleBooks: {}, reason: 'test' } as never);
    const writes = [...OF_ANA, ...MANY, ...OTHERS].flatMap((document) =>
      ['queues', 'cases'].map((collection) => ({ collection, id: document.case, shard: 0, position: '5', document })),
    );
    await reads.flush(id, { shards: ALL_SHARDS, position: '5', writes: writes as never });
    await reads.ready(id);
    await reads.switchTo(id, undefined);
    using db = new DatabaseSync(join(folder, `read-${id}.db`), { readOnly: true });
    const plans: string[] = [];
    const find: SqliteReadStore['find'] = (collection, query) => {
      const { reads: texts, limit } = pageQuery(id, shapes[0]!, query);
      for (const { text, values } of texts)
        for (const { detail } of db.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...([...values, limit + 1] as never[])))
          plans.push(String(detail));
      return reads.find(collection, query);
    };
    const asked = {
      find,
      live: () => reads.live(),
      checkpoints: (generation: number) => reads.checkpoints(generation),
      load: (...given: Parameters<SqliteReadStore['load']>) => reads.load(...given),
    };
    await work({ events: { end: async () => '5' }, reads: asked }, plans);
  } finally {
    await reads.close();
    rmSync(folder, { recursive: true });
  }
}

test('finds what somebody works on in a team by an index, the most urgent first, however many pages', async () => {
  await during(async (from, plans) => {
    const found = await openCasesOf(from, 'north', ['ana', 'ben']);
    expect(found.slice(0, 3).map(({ case: id }) => id)).toEqual(['k2', 'k1', 'k3']);
    expect(found).toHaveLength(3 + MANY.length);
    expect(found[0]).toEqual({
      ...{ case: 'k2', owner: 'ana', customer: 'customer of k2', programme: 'care', kind: 'recover' },
      ...{ priority: 'urgent', touchpoint: null, product: null, language: 'da', tags: [] },
    });
    const searches = plans.filter((plan) => !plan.startsWith('USE TEMP'));
    for (const plan of searches) expect(plan).toMatch(/^SEARCH .*\(f_owner=\?/);
  });
});

test('says that the read models are behind, rather than what was before', async () => {
  await during(async (from) => {
    const behind = openCasesOf({ ...from, events: { end: async () => '6' } }, 'north', ['ana'], async () => undefined);
    await expect(behind).rejects.toThrow(ReadModelsBehind);
    expect(await openCasesOf({ ...from, events: { end: async () => '6' } }, 'north', [])).toEqual([]);
  });
});
