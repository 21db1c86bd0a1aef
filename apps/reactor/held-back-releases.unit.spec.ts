import { RevisionConflict } from '../../libs/event-store/event-store.js';
import { expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { heldBack, type HeldBackDocument } from '../../libs/read-models/held-back.js';
import { groupRead } from '../../libs/read-store/sqlite/group-query.js';
import { pageQuery } from '../../libs/read-store/sqlite/page-query.js';
import { SqliteReadStore } from '../../libs/read-store/sqlite/sqlite-read-store.js';
import { rulesOf } from '../../libs/recovery/clocks/case-clocks.testing.js';
import { compileRules } from '../../libs/recovery/rules/compile.js';
import { ruleBooks } from '../../libs/recovery/rules/rule-book.js';
import { shapesOf } from '../../libs/replay/fold/projections.js';
import { HeldBackReleases } from './held-back-releases.js';

const NOW = '2031-05-05T09:00:00.000Z';
const TRIAGE = {
  low: { nps: 6 },
  cells: {
    low: { yes: { do: 'recover' }, no: { do: 'respect' }, 'not-answered': { do: 'respect' } },
    high: { yes: { do: 'nothing' }, no: { do: 'nothing' }, 'not-answered': { do: 'nothing' } },
  },
  throttle: { perTeamAndDay: 1, release: { order: 'oldest-first', within: '5d' } },
} as const;

const BOOKS = ruleBooks({ service: [{ from: null, rules: compileRules(rulesOf([], { triage: TRIAGE })) }] });

const document = (n: number, more: Partial<HeldBackDocument>): HeldBackDocument =>
  ({
    response: `r${n}`,
    programme: 'service',
    team: 'north',
    kind: 'recover',
    case: `k${n}`,
    respondedAt: new Date(Date.parse('2031-01-01T00:00:00.000Z') + n * 60_000).toISOString(),
    heldUntil: '2031-01-06T00:00:00.000Z',
    expiryRecorded: true,
    waitsUntil: null,
    releasedAt: null,
    ...more,
  }) as HeldBackDocument;

/** All but two of many are settled, and the store knows how many when it is made ready. */
const DOCUMENTS = Array.from({ length: 300 }, (_, n) => {
  if (n === 298)
    return document(n, {
      heldUntil: '2031-05-09T00:00:00.000Z',
      expiryRecorded: false,
      waitsUntil: '2031-05-09T00:00:00.000Z',
    });
  if (n === 299) return document(n, { expiryRecorded: false, waitsUntil: '2031-01-06T00:00:00.000Z' });
  return document(n, n % 2 ? {} : { releasedAt: '2031-01-02T00:00:00.000Z', expiryRecorded: false });
});

test('looks for what waits and for what expired by an index that leads to those alone, however many ended', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'held-back-'));
  const reads = SqliteReadStore.open({ path: join(folder, 'read.db'), mode: 'write' });
  try {
    const shapes = shapesOf([heldBack as never]);
    const shape = shapes[0]!;
    const { id } = await reads.begin(shapes, { ruleBooks: {}, reason: 'test' } as never);
    const writes = DOCUMENTS.map((one, n) => ({
      collection: 'held_back',
      id: `r${n}`,
      shard: 0,
      position: '1',
      document: one,
    }));
    await reads.flush(id, { shards: [0], position: '1', writes: writes as never });
    await reads.ready(id);
    await reads.switchTo(id, undefined);
    const plans: string[] = [];
    using db = new DatabaseSync(join(folder, `read-${id}.db`), { readOnly: true });
    const explain = ({ text, values }: { text: string; values: readonly never[] }): void => {
      for (const { detail } of db.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...values)) plans.push(String(detail));
    };
    const executed: string[] = [];
    const releases = new HeldBackReleases({
      reads: {
        live: () => reads.live(),
        find: (collection, query) => {
          const { reads: texts, limit } = pageQuery(id, shape, query);
          for (const { text, values } of texts) explain({ text, values: [...values, limit + 1] as never });
          return reads.find(collection, query);
        },
        group: (collection, query) => {
          explain(groupRead(shape, query) as never);
          return reads.group(collection, query);
        },
      },
      commands: {
        execute: async ({ command }) => {
          executed.push(command.type);
          return { revision: 1, position: undefined, shard: undefined, events: [] };
        },
      },
      rules: { reload: async () => undefined, books: () => BOOKS },
      errands: { known: async () => ({ streams: new Map(), openCases: {} }) },
      now: () => NOW,
      onRefused: () => undefined,
    });
    await releases.look();
    expect(executed).toEqual(['ReleaseHeldBack', 'RecordExpiry']);
    const searches = plans.filter((plan) => !plan.startsWith('USE TEMP'));
    expect(searches).toEqual([
      expect.stringMatching(/^SEARCH .*\(f_waitsUntil>\?\)$/),
      expect.stringMatching(/^SEARCH .*\(f_releasedAt=\? AND f_expiryRecorded=\?\)$/),
      expect.stringMatching(/^SEARCH .*\(f_waitsUntil<\?\)$/),
    ]);
  } finally {
    await reads.close();
    rmSync(folder, { recursive: true });
  }
});

test.each([
  ['goes on where triage writes to the intake at each try', new RevisionConflict('intake-care-2031-05-05', 1, 2), true],
  ['ends by any other error', new Error('Not foreseen.'), false],
])('a look %s', async (_, error, goesOn) => {
  const releases = new HeldBackReleases({
    reads: {
      live: async () => ({ collections: [{ name: 'held_back' }] }) as never,
      find: async () => ({ documents: DOCUMENTS.slice(0, 1) as never }),
      group: async () => [],
    },
    commands: { execute: () => Promise.reject(error) },
    rules: { reload: async () => undefined, books: () => BOOKS },
    errands: { known: async () => ({ streams: new Map(), openCases: {} }) },
    now: () => NOW,
    onRefused: () => undefined,
  });
  const looked = releases.look().then(
    () => true,
    () => false,
  );
  expect(await looked).toBe(goesOn);
});
