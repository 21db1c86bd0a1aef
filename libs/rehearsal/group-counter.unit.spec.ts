import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Filter } from '../filter/filter.js';
import type { GroupQuery } from '../read-store/read-store.js';
import { SqliteReadStore } from '../read-store/sqlite/sqlite-read-store.js';
import { byOrigin } from '../reports/funnel-report.js';
import { GroupCounter } from './group-counter.js';
import { totalQueries } from './totals.js';

const shape = {
  name: 'tools',
  version: 1,
  fields: { kind: 'string', shelf: 'integer', lent: 'boolean', dueOn: 'instant' },
  indexes: [],
} as const;

const document = fc.record(
  {
    kind: fc.constantFrom('saw', 'drill', null),
    shelf: fc.oneof(fc.nat(3), fc.constant(null)),
    lent: fc.boolean(),
    dueOn: fc.constantFrom('2031-05-05T09:00:00.000Z', '2031-05-06T09:00:00.000Z', null),
  },
  { requiredKeys: ['lent'] },
);
const filter = fc.constantFrom<Filter>(
  {},
  { kind: 'saw' },
  { lent: false, shelf: { $gt: 0 } },
  { dueOn: { $lt: '2031-05-06T00:00:00.000Z' } },
  { kind: { $in: ['saw', 'drill'] } },
  { shelf: { $ne: null } },
);
const query: fc.Arbitrary<GroupQuery> = fc.record({
  filter,
  by: fc.subarray(['kind', 'shelf', 'lent']),
  sums: fc.constantFrom<Readonly<Record<string, string>>>({}, { shelves: 'shelf' }),
  counts: fc.dictionary(fc.constantFrom('some', 'others'), filter),
});

test('a counter groups documents like a store, all at once or in shares', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(document, { maxLength: 20 }), query, fc.nat(20), async (documents, asked, cut) => {
      const store = SqliteReadStore.open({ path: ':memory:', mode: 'write' });
      try {
        const { id } = await store.begin([shape], { ruleBooks: {}, madeAt: '', reason: 'test' });
        const writes = documents.map((one, index) => ({
          collection: 'tools',
          id: `tool-${index}`,
          shard: 0,
          position: '1',
          document: one,
        }));
        await store.flush(id, { shards: [0], position: '1', writes });
        const stored = await store.group('tools', asked, id);

        const [whole, one, other, both] = Array.from({ length: 4 }, () => new GroupCounter(asked));
        for (const [index, each] of documents.entries()) {
          whole?.add(each);
          (index < cut ? one : other)?.add(each);
        }
        both?.merge(one?.result() ?? []);
        both?.merge(other?.result() ?? []);
        const sorted = (groups: readonly object[] = []): readonly string[] =>
          groups.map((group) => JSON.stringify(Object.entries(group).toSorted())).toSorted();
        expect(sorted(whole?.result())).toEqual(sorted(stored));
        expect(sorted(both?.result())).toEqual(sorted(stored));
      } finally {
        await store.close();
      }
    }),
  );
});

const step = fc.record({
  about: fc.constantFrom('response', 'case'),
  programme: fc.constantFrom('retail', 'other'),
  response: fc.constantFrom('r-1', 'r-2', 'r-3', null),
  flagged: fc.boolean(),
  contacted: fc.boolean(),
  offers: fc.nat(2),
});

test('a response and its case are counted together as their groups add up', () => {
  const { among, ...query } = totalQueries({ programme: 'retail', at: '2031-05-06T09:00:00.000Z' }).funnel;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (documents) => {
      const together = new GroupCounter(query);
      if (among) together.addTogether(documents, among);
      const groups = new GroupCounter({ ...query, by: ['about', 'response'] });
      for (const document of documents) groups.add(document);
      expect(together.result()).toEqual(byOrigin(groups.result()));
    }),
  );
});
