import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { Ledger, LedgerRecord, ListOptions } from '../ledger/ledger.js';
import { SqliteLedger } from '../ledger/sqlite/sqlite-ledger.js';
import { PersonalData } from './personal-data.js';

const MANY = 1_100;
const key = randomBytes(32);
const open = (vault: Ledger) => new PersonalData({ vault, keyEncryptionKey: key, declarations: {} });

/** As vaults were before they listed sources, without these entries. */
let earlier: Ledger;
const ADDED = ['source/', 'source-listing/'];
let entries: readonly LedgerRecord[];
const customers = new Map<string, string>();

beforeAll(async () => {
  const vault = SqliteLedger.open({ path: ':memory:', mode: 'write' });
  const references = Array.from({ length: MANY }, (_, n) => ({ source: n < 3 ? `rare ${n}` : 'shop', id: `c-${n}` }));
  const named = await open(vault).customersOf(references.map((reference) => ({ reference, event: reference.id })));
  references.forEach(({ id }, n) => customers.set(id, named[n] ?? ''));
  entries = (await vault.list('')).filter(({ key: entry }) => !ADDED.some((prefix) => entry.startsWith(prefix)));
  await vault.close();
});
beforeEach(async () => {
  earlier = SqliteLedger.open({ path: ':memory:', mode: 'write' });
  await earlier.putMany(entries.map(({ key: entry, value }) => ({ key: entry, value })));
});
afterEach(() => earlier.close());

/** That ledger, with something done before each look at its customers. */
const before = (done: (options: ListOptions) => void, vault = earlier): Ledger => {
  const ledger = Object.create(vault) as Ledger;
  ledger.list = async (prefix, options = {}) => {
    if (prefix === 'customer/') done(options);
    return vault.list(prefix, options);
  };
  return ledger;
};

const found = (personal: PersonalData, ...ids: readonly string[]) =>
  Promise.all(ids.map((id) => personal.find({ id })));
const [ANY, RARE, OTHER] = ['c-77', 'c-0', 'c-2'];
const named = (...ids: readonly string[]) => ids.map((id) => [customers.get(id)]);

test('finds those who were named before their sources were listed', async () => {
  expect(await found(open(earlier), ANY, RARE, OTHER)).toEqual(named(ANY, RARE, OTHER));
  expect(await found(open(earlier), 'c-nobody')).toEqual([[]]);
});

test('looks at all customers once, however many ask at once, and holds few of them at a time', async () => {
  let looks = 0;
  const ledger = before(({ limit = Infinity }) => {
    looks++;
    expect(limit).toBeLessThanOrEqual(MANY / 4);
  });
  const personal = open(ledger);
  await found(personal, ANY, RARE, OTHER);
  const looksOfFirst = looks;
  expect(await found(open(ledger), ANY, RARE)).toEqual(named(ANY, RARE));
  expect(looks).toBe(looksOfFirst);
  expect(looks).toBeLessThanOrEqual(MANY / 100);
});

test('after it was stopped, it resumes where it was', async () => {
  const looked: (string | undefined)[] = [];
  let isStopped = false;
  const ledger = before(({ after }) => {
    if (looked.length === 3 && !isStopped) {
      isStopped = true;
      throw new Error('The process ended here.');
    }
    looked.push(after);
  });
  const personal = open(ledger);
  await expect(personal.find({ id: ANY })).rejects.toThrow('ended here');
  expect(await found(personal, ANY, RARE, OTHER)).toEqual(named(ANY, RARE, OTHER));
  expect(new Set(looked).size).toBe(looked.length);
});

test('a vault that listed sources from its first customer on has none to look at', async () => {
  const vault = SqliteLedger.open({ path: ':memory:', mode: 'write' });
  const customer = await open(vault).customerOf({ source: 'shop', id: ANY }, 'e-1');
  const ledger = before(() => {
    throw new Error('It looked.');
  }, vault);
  expect(await open(ledger).find({ id: ANY })).toEqual([customer]);
  await vault.close();
});
