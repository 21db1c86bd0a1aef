import { expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { cases, type CaseDocument } from '../../libs/read-models/cases.js';
import { pageQuery } from '../../libs/read-store/sqlite/page-query.js';
import { SqliteReadStore } from '../../libs/read-store/sqlite/sqlite-read-store.js';
import { shapesOf } from '../../libs/replay/fold/projections.js';
import { lastOwner } from './last-owner.js';

const of = (customer: string, openedAt: string, owner: string | null, more: Partial<CaseDocument> = {}) =>
  ({ customer, openedAt, lastEventAt: openedAt, owner, status: 'approved', ...more }) as CaseDocument;

const OTHERS = Array.from({ length: 300 }, (_, n) => of(`other-${n}`, '2031-05-01T09:00:00.000Z', 'cem'));
const DOCUMENTS = [
  of('eva', '2031-04-01T09:00:00.000Z', 'ana'),
  of('eva', '2031-04-20T09:00:00.000Z', 'ben', { lastEventAt: '2031-04-28T09:00:00.000Z' }),
  of('eva', '2031-05-01T09:00:00.000Z', 'cem', { status: 'merged' }),
  of('pia', '2031-05-01T09:00:00.000Z', null),
];

test('the owner of the customer’s latest case that was no duplicate, found by an index, if it is recent enough', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'last-owner-'));
  const reads = SqliteReadStore.open({ path: join(folder, 'read.db'), mode: 'write' });
  try {
    const shapes = shapesOf([cases as never]);
    const { id } = await reads.begin(shapes, { ruleBooks: {}, reason: 'test' } as never);
    const writes = [...DOCUMENTS, ...OTHERS].map((document, n) => {
      const written = { collection: 'cases', id: `k${n}`, shard: 0, position: '1', document };
      return written;
    });
    await reads.flush(id, { shards: [0], position: '1', writes: writes as never });
    await reads.ready(id);
    await reads.switchTo(id, undefined);
    using db = new DatabaseSync(join(folder, `read-${id}.db`), { readOnly: true });
    const plans: string[] = [];
    const looking: Pick<SqliteReadStore, 'find'> = {
      find: (collection, query) => {
        const { reads: texts, limit } = pageQuery(id, shapes[0]!, query);
        for (const { text, values } of texts)
          for (const { detail } of db.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...([...values, limit + 1] as never[])))
            plans.push(String(detail));
        return reads.find(collection, query);
      },
    };
    const since = '2031-04-28T09:00:00.000Z';
    expect(await lastOwner(looking, 'eva', since)).toBe('ben');
    expect(await lastOwner(looking, 'eva', '2031-04-28T09:00:00.001Z')).toBeUndefined();
    expect(await lastOwner(looking, 'pia', since)).toBeUndefined();
    expect(await lastOwner(looking, 'nobody', since)).toBeUndefined();
    const searches = plans.filter((plan) => !plan.startsWith('USE TEMP'));
    expect(searches).toEqual(Array(4).fill(expect.stringMatching(/^SEARCH .*\(f_customer=\?\)$/)));
  } finally {
    await reads.close();
    rmSync(folder, { recursive: true });
  }
});
