import type { Page, Query, ReadStore } from './read-store.js';

const MOST_A_PAGE = 1_000;

/** All documents that a query finds, page by page, so that memory holds one page of them. */
export async function* allPages(
  reads: Pick<ReadStore, 'find'>,
  collection: string,
  query: Omit<Query, 'after'>,
): AsyncGenerator<Page['documents']> {
  for (let after: string | undefined; ;) {
    const page = await reads.find(collection, { limit: MOST_A_PAGE, ...query, after });
    yield page.documents;
    after = page.next;
    if (after === undefined) return;
  }
}
