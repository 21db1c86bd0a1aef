import { allPages as pagesOf } from './all-pages.js';
import type { Document, FieldType } from '../event-sourcing/projection.js';
import type { CollectionShape, Flush, GenerationStamp, Page, Query, ReadStore } from './read-store.js';

export const STAMP: GenerationStamp = { ruleBooks: {}, madeAt: '2031-05-05T09:00:00.000Z', reason: 'a test' };

export const QUEUES: CollectionShape = {
  name: 'queues',
  version: 1,
  fields: {
    team: 'string',
    owner: 'string',
    priority: 'integer',
    amount: 'number',
    open: 'boolean',
    dueAt: 'instant',
    tags: 'strings',
  } satisfies Record<string, FieldType>,
  indexes: [['team', 'dueAt'], ['owner', 'dueAt'], ['priority', 'dueAt'], ['dueAt']],
};

export const FACTS: CollectionShape = { name: 'queues_facts', version: 1, fields: {}, indexes: [], internal: true };
export const ROOT_CAUSES: CollectionShape = {
  name: 'root-causes',
  version: 1,
  fields: { cause: 'string' },
  indexes: [['cause']],
};
export const SHAPES: readonly CollectionShape[] = [QUEUES, FACTS, ROOT_CAUSES];

export const at = (n: number): string => String(n).padStart(8, '0');

/** A batch of documents of one collection at one position; null removes. */
export const batch = (
  position: number,
  documents: Readonly<Record<string, Document | null>>,
  { collection = 'queues', shard = 7 }: { collection?: string; shard?: number } = {},
): Flush => ({
  shards: [shard],
  position: at(position),
  writes: Object.entries(documents).map(([id, document]) => ({
    collection,
    id,
    shard,
    position: at(position),
    document,
  })),
});

/** Makes a live build with these documents. */
export async function serve(store: ReadStore, documents: Readonly<Record<string, Document>>): Promise<number> {
  const live = await store.live();
  const { id } = await store.begin(SHAPES, STAMP);
  await store.flush(id, batch(1, documents));
  await store.ready(id);
  await store.switchTo(id, live?.id);
  return id;
}

export async function allPages(store: ReadStore, query: Query): Promise<Page['documents'][number][]> {
  const documents: Page['documents'][number][] = [];
  for await (const page of pagesOf(store, 'queues', query)) documents.push(...page);
  return documents;
}

export const idsOf = (documents: readonly { readonly id: string }[]): string[] => documents.map(({ id }) => id);
