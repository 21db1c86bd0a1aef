import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStores, type Stores } from '../../../libs/platform/stores/open-stores.js';
import { Reports } from './reports.js';

let folder: string;
let stores: Stores;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'amends-reports-'));
  stores = await openStores({ folder }, { mode: 'write' });
});
afterEach(async () => {
  await stores.close();
  rmSync(folder, { recursive: true, force: true });
});

test('for a client that is gone no history is read anew, and the next is not kept waiting', async () => {
  const reports = new Reports(stores);
  const knownAt = '2031-05-05T09:00:00.000Z';
  const ask = () => reports.ask({ report: 'funnel', asked: { at: knownAt } }, { knownAt }, AbortSignal.abort());
  await expect(ask()).rejects.toThrow('It was stopped');
  await expect(ask()).rejects.toThrow('It was stopped');
});
