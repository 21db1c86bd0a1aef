import { expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clocks, type ClockDocument } from '../../libs/read-models/clocks.js';
import { queues } from '../../libs/read-models/queues.js';
import type { Query } from '../../libs/read-store/read-store.js';
import { pageQuery } from '../../libs/read-store/sqlite/page-query.js';
import { SqliteReadStore } from '../../libs/read-store/sqlite/sqlite-read-store.js';
import { shapesOf } from '../../libs/replay/fold/projections.js';
import { DueIndex } from './due-index.js';

const minute = (n: number): string => new Date(Date.parse('2031-05-05T09:00:00.000Z') + n * 60_000).toISOString();

/** One is due each minute, half of them stopped in time; the warnings come ten minutes before. */
const clock = (n: number): ClockDocument =>
  ({
    ...{ case: `k${n}`, programme: 'care', target: 'resolve', cycle: 1, reply: null, missedDueAt: null },
    ...{ state: n % 2 ? 'completed' : 'running', met: n % 2 ? true : null, pauses: [] },
    ...{ dueAt: minute(n), breachedFrom: minute(n), warnAt: minute(n - 10) },
  }) as unknown as ClockDocument;

test('what is due is found by indexes that lead to it alone, in order, page by page', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'due-index-'));
  const reads = SqliteReadStore.open({ path: join(folder, 'read.db'), mode: 'write' });
  try {
    const shapes = shapesOf([clocks, queues] as never);
    const { id } = await reads.begin(shapes, { ruleBooks: {}, reason: 'test' } as never);
    const writes = Array.from({ length: 3_000 }, (_, n) => ({
      ...{ collection: 'clocks', id: `k${n}:resolve:1`, shard: 0, position: '1', document: clock(n) },
    }));
    await reads.flush(id, { shards: [0], position: '1', writes: writes as never });
    await reads.ready(id);
    await reads.switchTo(id, undefined);
    using db = new DatabaseSync(join(folder, `read-${id}.db`), { readOnly: true });
    const plans = new Set<string>();
    let read = 0;
    const index = new DueIndex({
      load: (...asked) => reads.load(...asked),
      find: async (collection: string, query: Query) => {
        const shape = shapes.find(({ name }) => name === collection);
        if (!shape) throw new Error(collection);
        const { reads: texts, limit } = pageQuery(id, shape, query);
        for (const { text, values } of texts)
          for (const { detail } of db.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...(values as never[]), limit + 1))
            plans.add(String(detail).replace(/^.*\(/, '('));
        const page = await reads.find(collection, query);
        read += page.documents.length;
        return page;
      },
    });
    const found: string[] = [];
    for await (const together of index.between({ from: minute(100), before: minute(2_200) }))
      found.push(...together.map(({ at, kind, case: id }) => `${at} ${kind} ${id}`));
    expect(found).toHaveLength(2_100);
    const instants = found.map((one) => one.slice(0, 24));
    expect(instants).toEqual(instants.toSorted());
    expect(read).toBe(2_100);
    // Few fall due at one instant.
    plans.delete('USE TEMP B-TREE FOR LAST TERM OF ORDER BY');
    for (const plan of plans)
      expect(plan).toMatch(
        /^\(f_state=\? AND f_(breachedFrom|warnAt)|^\(f_(contactDueAt|progressDueAt|pausedUntil)>\? AND/,
      );
    read = 0;
    for await (const _ of index.between({ from: minute(4_000), before: minute(4_001) })) expect(_).toEqual([]);
    expect(read).toBe(0);
    plans.clear();
    const ofCases = await index.ofCases(['k4', 'k5', 'k6'], { from: minute(0), before: minute(6) });
    expect(ofCases.map(({ kind, case: id }) => `${kind} ${id}`)).toEqual(['breach k4']);
    expect([...plans]).toContain('(id>? AND id<?)');
  } finally {
    await reads.close();
    rmSync(folder, { recursive: true });
  }
});
