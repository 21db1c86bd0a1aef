import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Query as Oracle } from 'mingo';
import type { Document } from '../event-sourcing/projection.js';
import { anyDocument, anyFilter } from '../filter/filter.testing.js';
import type { Query, ReadStore } from './read-store.js';
import { allPages, idsOf, serve } from './read-store.testing.js';

type Sort = NonNullable<Query['sort']>;

const direction = fc.constantFrom<'asc' | 'desc'>('asc', 'desc');
export const anySort: fc.Arbitrary<Sort> = fc
  .uniqueArray(fc.constantFrom('team', 'owner', 'priority', 'amount', 'open', 'dueAt', 'id'), { maxLength: 3 })
  .chain((fields) => fc.tuple(...fields.map((field) => direction.map((towards) => ({ field, direction: towards })))));

export const documentsById = fc.dictionary(fc.stringMatching(/^[a-zA-Z0-9"'%-]{1,3}$/), anyDocument, {
  maxKeys: 25,
  noNullPrototype: true,
});

/** What mingo finds, sorted as the port says. */
const expected = (documents: Readonly<Record<string, Document>>, { filter = {}, sort = [] }: Query): string[] => {
  const oracle = new Oracle(filter);
  const found = Object.entries(documents)
    .filter(([, document]) => oracle.test({ ...document }))
    .map(([id, document]): Document & { id: string } => ({ ...document, id }));
  const keys = [...sort, { field: 'id', direction: sort.at(-1)?.direction ?? 'asc' }];
  return idsOf(
    found.toSorted((one, other) => {
      for (const { field, direction: towards } of keys) {
        const order = compare(one[field] ?? null, other[field] ?? null);
        if (order !== 0) return towards === 'asc' ? order : -order;
      }
      return 0;
    }),
  );
};

const compare = (one: unknown, other: unknown): number => {
  if (one === other) return 0;
  if (one === null) return -1;
  if (other === null) return 1;
  return (one as string) < (other as string) ? -1 : 1;
};

/** On random documents, filters, sorts and page sizes the store finds what mingo finds in memory, each once. */
export function readStoreMatchesMingo(store: () => ReadStore): void {
  describe('on random documents', () => {
    test('filters, sorts and pages find what mingo finds in memory, each once', async () => {
      const query = fc.record({ filter: anyFilter, sort: anySort, limit: fc.integer({ min: 1, max: 8 }) });
      await fc.assert(
        fc.asyncProperty(documentsById, fc.array(query, { minLength: 5, maxLength: 5 }), async (documents, queries) => {
          const before = await store().live();
          await serve(store(), documents);
          if (before) await store().release(before.id);
          for (const one of queries) {
            const found = await allPages(store(), one);
            expect(idsOf(found)).toEqual(expected(documents, one));
            for (const { id, ...document } of found) expect(document).toEqual(plain(documents[id]));
          }
        }),
        { numRuns: 100 },
      );
    });

    test('groups count what mingo finds in memory', async () => {
      await fc.assert(
        fc.asyncProperty(documentsById, anyFilter, anyFilter, async (documents, filter, counted) => {
          const before = await store().live();
          await serve(store(), documents);
          if (before) await store().release(before.id);
          const inAll = expected(documents, { filter });
          const inBoth = expected(documents, { filter: { $and: [filter, counted] } });
          const groups = await store().group('queues', { by: ['team'], filter, counts: { counted } });
          expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(inAll.length);
          expect(groups.reduce((sum, group) => sum + Number(group['counted']), 0)).toBe(inBoth.length);
          expect(new Set(groups.map(({ team }) => team))).toEqual(
            new Set(inAll.map((id) => documents[id]?.['team'] ?? null)),
          );
        }),
        { numRuns: 100 },
      );
    });
  });
}

/** JSON has no minus zero. */
const plain = (document: Document | undefined): unknown => JSON.parse(JSON.stringify(document));
