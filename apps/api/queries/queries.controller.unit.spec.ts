import { expect, test } from '@jest/globals';
import { valid } from '../../../libs/platform/validation/schema.js';
import { SqliteReadStore } from '../../../libs/read-store/sqlite/sqlite-read-store.js';
import { QueryDocuments } from './queries.controller.js';

const TEXTS = ['team', 'owner', 'touchpoint', 'product', 'reference'];

test('the cursor that a page gave is taken, however long the values are by which it was sorted', async () => {
  const store = SqliteReadStore.open({ path: ':memory:', mode: 'write' });
  const fields = Object.fromEntries(TEXTS.map((field) => [field, 'string' as const]));
  const { id } = await store.begin([{ name: 'cases', version: 1, fields, indexes: [] }], {
    ruleBooks: {},
    madeAt: '2031-05-05T09:00:00.000Z',
    reason: 'test',
  });
  const document = Object.fromEntries(TEXTS.map((field) => [field, '苦'.repeat(200)]));
  const writes = ['a', 'b'].map((one) => ({ collection: 'cases', id: one, shard: 7, position: '1', document }));
  await store.flush(id, { shards: [7], position: '1', writes });

  const query = { sort: TEXTS.map((field) => ({ field, direction: 'asc' as const })), limit: 1 };
  const { next: after } = await store.find('cases', query, id);
  const { documents } = await store.find('cases', valid(QueryDocuments, { ...query, after }) as typeof query, id);
  expect(documents).toMatchObject([{ id: 'b' }]);
  await store.close();
});
