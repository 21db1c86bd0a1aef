import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createSecretKey, randomBytes } from 'node:crypto';
import type { Ledger, Put } from '../ledger/ledger.js';
import { SqliteLedger } from '../ledger/sqlite/sqlite-ledger.js';
import { Contacts } from './contacts.js';
import type { ContactData } from './contact-data.js';
import { CustomerKeys } from './customer-keys.js';
import { encrypt } from './encryption.js';
import { CustomerIsForgotten } from './vault-errors.js';

const EVA = 'eva';
const OLD = { email: 'eva@old.example', phone: '+49 30 1' };
const NEW = { email: 'eva@new.example' };
const day = (n: number): string => new Date(Date.UTC(2031, 4, n)).toISOString();

let vault: Ledger;
const key = createSecretKey(randomBytes(32));
const open = (ledger = vault) => new Contacts(ledger, key, new CustomerKeys(ledger, key));

beforeEach(() => {
  vault = SqliteLedger.open({ path: ':memory:', mode: 'write' });
});
afterEach(() => vault.close());

/** The vault, with something done before each put. */
const before = (done: (put: Put) => unknown): Ledger => {
  const ledger = Object.create(vault) as Ledger;
  ledger.put = async (put) => {
    await done(put);
    return vault.put(put);
  };
  return ledger;
};

test('an older statement that comes later replaces nothing, and the address that stands is found', async () => {
  const contacts = open();
  await contacts.put(EVA, { contact: NEW, asOf: day(2) });
  await contacts.put(EVA, { contact: OLD, asOf: day(1) });
  expect(await contacts.of(EVA)).toEqual({ ...OLD, ...NEW });
  expect(await contacts.withEmail(NEW.email)).toEqual([EVA]);
  expect(await contacts.withEmail(OLD.email)).toEqual([]);
});

test('what is known already is not written again', async () => {
  await open().put(EVA, { contact: OLD, asOf: day(1) });
  const seen: Put[] = [];
  const ledger = before((put) => seen.push(put));
  await open(ledger).put(EVA, { contact: OLD, asOf: day(1) });
  await open(ledger).put(EVA, { contact: { phone: '+49 30 2' }, asOf: day(0) });
  expect(seen).toEqual([]);
});

test('an address that a crash left out of the index is found once its statement comes again', async () => {
  const ledger = before(({ key }) => {
    if (key.startsWith('e-mail')) throw new Error('The process ended here.');
  });
  await expect(open(ledger).put(EVA, { contact: OLD, asOf: day(1) })).rejects.toThrow('ended here');
  await open().put(EVA, { contact: OLD, asOf: day(1) });
  expect(await open().withEmail(OLD.email)).toEqual([EVA]);
});

test('what was stored before times were is read, and gives way to any statement', async () => {
  const keys = new CustomerKeys(vault, key);
  const sealed = encrypt(await keys.findOrMake(EVA), JSON.stringify(OLD), `contact/${EVA}`);
  await vault.put({ key: `contact/${EVA}`, value: { sealed } });
  expect(await open().of(EVA)).toEqual(OLD);
  await open().put(EVA, { contact: NEW, asOf: day(1) });
  expect(await open().of(EVA)).toEqual({ ...OLD, ...NEW });
});

test('writers at once lose nothing, and leave the address that stands in the index', async () => {
  const [one, other] = [open(), open()];
  const statements = [5, 2, 9, 1, 7, 8, 3, 6, 4].map((n) => ({
    contact: { email: `eva@${n}.example`, [`field ${n}`]: `${n}` },
    asOf: day(n),
  }));
  await Promise.all(statements.map((statement, n) => (n % 2 ? one : other).put(EVA, statement)));
  const all: ContactData = Object.assign({}, ...statements.map(({ contact }) => contact));
  expect(await open().of(EVA)).toEqual({ ...all, email: 'eva@9.example' });
  for (const { asOf, contact } of statements)
    expect(await open().withEmail(contact.email)).toEqual(asOf === day(9) ? [EVA] : []);
});

test('a writer whose address is replaced while it indexes it leaves the one that stands', async () => {
  let others = 1;
  const ledger = before(async ({ key }) => {
    if (key.startsWith('e-mail') && others-- > 0) await open().put(EVA, { contact: NEW, asOf: day(2) });
  });
  await open(ledger).put(EVA, { contact: OLD, asOf: day(1) });
  expect(await open().withEmail(NEW.email)).toEqual([EVA]);
  expect(await open().withEmail(OLD.email)).toEqual([]);
});

test('a customer who is forgotten during a write stays unknown by any address', async () => {
  const keys = new CustomerKeys(vault, key);
  const ledger = before(async (put) => {
    if (!put.key.startsWith('contact/')) return;
    await keys.destroy(EVA);
    await open().forget(EVA);
  });
  const contacts = new Contacts(ledger, key, keys);
  await contacts.put(EVA, { contact: OLD, asOf: day(1) });
  expect(await contacts.of(EVA)).toBeUndefined();
  expect(await contacts.withEmail(OLD.email)).toEqual([]);
  await expect(contacts.put(EVA, { contact: NEW, asOf: day(2) })).rejects.toThrow(CustomerIsForgotten);
});
