import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LedgerUnavailable } from '../../ledger/ledger.js';
import { SqliteLedger } from '../../ledger/sqlite/sqlite-ledger.js';
import { ApiKeys } from './api-keys.js';

let folder: string;
let ledger: SqliteLedger;
let now: string;
let keys: ApiKeys;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'api-keys-'));
  ledger = SqliteLedger.open({ path: join(folder, 'ledger.db'), mode: 'write' });
  now = '2031-05-05T09:00:00.000Z';
  keys = new ApiKeys(ledger, () => now);
});
afterEach(async () => {
  await ledger.close();
  rmSync(folder, { recursive: true });
});

test('whoever holds a key is known by it, with their role and team', async () => {
  const { key, id } = await keys.create({ name: 'ana', role: 'agent', team: 'care' });
  expect(await keys.callerOf(key)).toEqual({ id, name: 'ana', role: 'agent', team: 'care' });
});

test('another key, or one that was revoked, opens nothing', async () => {
  const { key, id } = await keys.create({ name: 'ana', role: 'agent' });
  expect(await keys.callerOf(`${key}x`)).toBeUndefined();
  expect(await keys.callerOf(key)).toBeDefined();
  expect(await keys.revoke(id)).toBe(true);
  expect(await keys.callerOf(key)).toBeUndefined();
  expect(await keys.revoke(id)).toBe(false);
});

test('a key that another process revoked opens nothing some seconds later, however often it is used', async () => {
  const elsewhere = new ApiKeys(ledger, () => now);
  const { key, id } = await elsewhere.create({ name: 'ana', role: 'agent' });
  expect(await keys.callerOf(key)).toBeDefined();
  expect(await elsewhere.revoke(id)).toBe(true);
  now = '2031-05-05T09:00:03.000Z';
  await keys.callerOf(key);
  now = '2031-05-05T09:00:05.000Z';
  expect(await keys.callerOf(key)).toBeUndefined();
  expect(await keys.callerOf(key)).toBeUndefined();
});

test('while the ledger is away, a key that was seen before opens what it opened', async () => {
  const { key } = await keys.create({ name: 'ana', role: 'agent' });
  const { key: unseen } = await keys.create({ name: 'ben', role: 'agent' });
  await keys.callerOf(key);
  jest.spyOn(ledger, 'get').mockRejectedValue(new LedgerUnavailable('The ledger is away.'));
  now = '2031-05-05T09:30:00.000Z';
  expect(await keys.callerOf(key)).toMatchObject({ name: 'ana' });
  await expect(keys.callerOf(unseen)).rejects.toThrow(LedgerUnavailable);
});

test('no key is stored, only its hash', async () => {
  const { key } = await keys.create({ name: 'ana', role: 'agent' });
  const bytes = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'));
  expect(bytes.join('')).not.toContain(key);
});

test('when a key was last used is kept to the hour', async () => {
  const { key } = await keys.create({ name: 'ana', role: 'agent' });
  await keys.callerOf(key);
  now = '2031-05-05T09:59:00.000Z';
  await keys.callerOf(key);
  expect(await keys.list()).toMatchObject([{ lastUsed: '2031-05-05T09:00:00.000Z' }]);
  now = '2031-05-05T10:01:00.000Z';
  await keys.callerOf(key);
  expect(await keys.list()).toMatchObject([{ lastUsed: '2031-05-05T10:01:00.000Z' }]);
});

test("the first start makes an operator's key, shown once; one that is given holds instead", async () => {
  const first = await keys.ensureOperator(undefined);
  expect(first).toMatch(/^amends_/);
  expect(await keys.ensureOperator(undefined)).toBeUndefined();
  expect(await keys.ensureOperator('a-key-of-my-own-choice')).toBeUndefined();
  expect(await keys.callerOf('a-key-of-my-own-choice')).toMatchObject({ role: 'operator' });
});
