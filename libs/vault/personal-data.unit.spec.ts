import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { EventDeclaration, ToAppend } from '../event-sourcing/event.js';
import { idOf } from '../event-sourcing/identity.js';
import { isSealed, type Sealed } from '../event-sourcing/sealed.js';
import type { Ledger } from '../ledger/ledger.js';
import { SqliteLedger } from '../ledger/sqlite/sqlite-ledger.js';
import { loadKeyEncryptionKey } from './key-file.js';
import { PersonalData } from './personal-data.js';
import { CustomerIsForgotten, SealedValueBroken, VaultKeyRefused } from './vault-errors.js';

const DECLARATIONS: Record<string, EventDeclaration> = {
  ToolLent: { schemaVersion: 1, personal: ['note', 'name'] },
  ToolReturned: { schemaVersion: 1 },
  LoanCorrected: { schemaVersion: 1, restates: { type: 'correctsType', fields: 'set' } },
};
const SECRET = 'Zoë Ångström of 12 Elm Street said it broke';
const ANA = { source: 'shop', id: 'ana@example.org' };
const customer = idOf('e-1');
const [AT, LATER] = ['2031-05-05T09:00:00.000Z', '2031-05-06T09:00:00.000Z'];

const event = (id: string, type: string, data: object): ToAppend => ({
  id,
  type,
  data,
  schemaVersion: 1,
  stream: 'loan-7',
  shard: 7,
  programme: 'tools',
  occurredAt: '2031-05-05T09:00:00.000Z',
  knownAt: '2031-05-05T09:00:00.000Z',
  recordedAt: '2031-05-05T09:00:00.000Z',
  actor: { id: 'desk', role: 'agent' },
  commandId: 'c-1',
  correlationId: 'c-1',
  causationId: 'c-1',
});

describe('personal data', () => {
  let folder: string;
  let vault: Ledger;
  let personal: PersonalData;
  const key = randomBytes(32);
  const open = (keyEncryptionKey = key) => new PersonalData({ vault, keyEncryptionKey, declarations: DECLARATIONS });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'amends-vault-'));
    vault = SqliteLedger.open({ path: join(folder, 'vault.db'), mode: 'write', shred: true });
    personal = open();
  });
  afterEach(() => vault.close());

  const bytesStored = (): Buffer => Buffer.concat(readdirSync(folder).map((file) => readFileSync(join(folder, file))));

  const sealedNote = async (text = SECRET): Promise<Sealed> => {
    const [sealed] = await personal.seal([event('e-1', 'ToolLent', { tool: 'saw', note: text })], customer);
    const note = (sealed?.data as { note?: unknown }).note;
    if (!isSealed(note)) throw new Error('The note was not sealed.');
    return note;
  };

  describe('customers', () => {
    test('a customer is called after the first event that names them, and keeps that id', async () => {
      expect(await personal.customerOf(ANA, 'e-1')).toBe(idOf('e-1'));
      expect(await personal.customerOf(ANA, 'e-2')).toBe(idOf('e-1'));
      expect(await open().customerOf(ANA, 'e-3')).toBe(idOf('e-1'));
      expect(await personal.customerOf({ ...ANA, source: 'web' }, 'e-4')).toBe(idOf('e-4'));
    });

    test('two first sights at the same time end with one id, also from two processes', async () => {
      const other = open();
      const seen = await Promise.all(
        Array.from({ length: 20 }, (_, n) => (n % 2 ? personal : other).customerOf(ANA, `e-${n}`)),
      );
      expect(new Set(seen).size).toBe(1);
      expect(await open().customerOf(ANA, 'e-99')).toBe(seen[0]);
      expect(await personal.referencesOf(seen[0] ?? '')).toEqual([ANA]);
      expect(await vault.list('customer/')).toHaveLength(1);
    });

    test('many are named at once, in order, each by its first event', async () => {
      const named = ['a', 'b', 'a', 'c', 'b'].map((id, n) => ({ reference: { source: 'shop', id }, event: `e-${n}` }));
      const [a, b, c] = ['e-0', 'e-1', 'e-3'].map((id) => idOf(id));
      expect(await personal.customersOf(named)).toEqual([a, b, a, c, b]);
      expect(await personal.customersOf([])).toEqual([]);
    });

    test('somebody else whom the same event names later is another customer', async () => {
      await personal.customerOf(ANA, 'e-1');
      const ben = await personal.customerOf({ ...ANA, id: 'ben' }, 'e-1');
      expect(ben).not.toBe(idOf('e-1'));
      expect(await open().customerOf({ ...ANA, id: 'ben' }, 'e-2')).toBe(ben);
      expect(await open().customerOf(ANA, 'e-3')).toBe(idOf('e-1'));
    });

    test('source and id are told apart', async () => {
      await personal.customerOf({ source: 'ab', id: 'c' }, 'e-1');
      expect(await personal.customerOf({ source: 'a', id: 'bc' }, 'e-2')).toBe(idOf('e-2'));
    });
  });

  describe('sealing', () => {
    test('what is sealed opens to what it was, whatever was said', async () => {
      await fc.assert(
        fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 200 }), async (text) => {
          expect(await personal.open(await sealedNote(text))).toBe(text);
        }),
        { numRuns: 50 },
      );
    });

    test('declared fields are sealed and no others', async () => {
      const returned = event('e-2', 'ToolReturned', { tool: 'saw', note: 'kept as it is' });
      const [lent, untouched] = await personal.seal(
        [event('e-1', 'ToolLent', { tool: 'saw', note: SECRET, name: 'Zoë' }), returned],
        customer,
      );
      expect(lent).toMatchObject({
        id: 'e-1',
        data: { tool: 'saw', note: { key: customer, event: 'e-1', field: 'note' }, name: { field: 'name' } },
      });
      expect(untouched).toEqual(returned);
    });

    test('a correction seals what is personal in what it corrects', async () => {
      const correction = event('e-2', 'LoanCorrected', {
        correctsType: 'ToolLent',
        set: { note: SECRET, tool: 'axe' },
      });
      const [sealed] = await personal.seal([correction], customer);
      expect(JSON.stringify(sealed)).not.toContain('Zoë');
      expect(sealed?.data).toMatchObject({ set: { tool: 'axe', note: { event: 'e-2', field: 'note' } } });
      expect(await personal.openAll(sealed?.data)).toMatchObject({ set: { note: SECRET } });
    });

    test('what is sealed already stays, and no key is made where nothing is to be sealed', async () => {
      const events = [event('e-2', 'ToolReturned', {}), event('e-3', 'ToolLent', { tool: 'saw' })];
      expect(await personal.seal(events, customer)).toBe(events);
      expect(await vault.list('')).toEqual([]);
      const sealed = await personal.seal([event('e-1', 'ToolLent', { note: SECRET })], customer);
      expect(await personal.seal(sealed, customer)).toEqual(sealed);
    });

    test('an undeclared event, or a personal field that is no text, is refused', async () => {
      await expect(personal.seal([event('e-1', 'ToolStolen', {})], customer)).rejects.toThrow('is not declared');
      await expect(personal.seal([event('e-1', 'ToolLent', { note: { text: SECRET } })], customer)).rejects.toThrow(
        'must be text, not object',
      );
    });

    test('a sealed value moved to another event, field or customer, or changed, does not open', async () => {
      const note = await sealedNote();
      await personal.makeKeys(['other']);
      const bytes = Buffer.from(note.sealed, 'base64');
      bytes[20] = (bytes[20] ?? 0) ^ 1;
      for (const moved of [
        { ...note, event: 'e-2' },
        { ...note, field: 'name' },
        { ...note, key: 'other' },
        { ...note, sealed: bytes.toString('base64') },
        { ...note, sealed: '' },
      ])
        await expect(personal.open(moved)).rejects.toThrow(SealedValueBroken);
    });

    test('the same words sealed twice do not look the same', async () => {
      expect((await sealedNote()).sealed).not.toBe((await sealedNote()).sealed);
    });

    test('a document is opened or withheld wherever it holds something sealed', async () => {
      const note = await sealedNote();
      const document = { team: 'red', steps: [{ note }, { note: null }], count: 2 };
      expect(await personal.openAll(document)).toEqual({ ...document, steps: [{ note: SECRET }, { note: null }] });
      expect(personal.withhold(document)).toEqual({
        ...document,
        steps: [{ note: { withheld: true } }, { note: null }],
      });
      const plain = { team: 'red', steps: [1] };
      expect(await personal.openAll(plain)).toBe(plain);
      expect(document.steps[0]?.note).toBe(note);
    });
  });

  describe('contact data', () => {
    test('addresses come back as they were put, and the entry can be cited', async () => {
      expect(await personal.putContact(customer, { contact: { 'e-mail': 'zoe@example.org' }, asOf: AT })).toBe(
        `contact/${customer}`,
      );
      expect(await personal.contactOf(customer)).toEqual({ 'e-mail': 'zoe@example.org' });
      expect(await personal.contactOf('nobody')).toBeUndefined();
    });

    test('finds a customer by their address, in any case, and by their id in a source', async () => {
      const customer = await personal.customerOf(ANA, 'e-1');
      await personal.putContact(customer, { contact: { email: 'Zoe@Example.org' }, asOf: AT });
      expect(await personal.find({ email: 'zoe@example.org' })).toEqual([customer]);
      expect(await personal.find({ id: ANA.id })).toEqual([customer]);
      await personal.putContact(customer, { contact: { email: 'zoe@elsewhere.org' }, asOf: LATER });
      expect(await personal.find({ email: 'zoe@example.org' })).toEqual([]);
      await personal.forgetKey(customer);
      expect(await personal.find({ email: 'zoe@elsewhere.org' })).toEqual([]);
      expect(await personal.find({ id: ANA.id })).toEqual([]);
    });
  });

  describe('what is stored', () => {
    test('holds no plaintext, neither in the vault nor in the sealed events', async () => {
      await personal.customerOf(ANA, 'e-1');
      await personal.putContact(customer, { contact: { phone: '+4670112233', name: SECRET }, asOf: AT });
      const events = await personal.seal([event('e-1', 'ToolLent', { note: SECRET })], customer);
      const stored = Buffer.concat([bytesStored(), Buffer.from(JSON.stringify(events))]);
      for (const text of [SECRET, 'Elm Street', ANA.id, 'ana@', '4670112233', key.toString('base64')])
        expect(stored.includes(text)).toBe(false);
      for (const text of [SECRET, ANA.id]) expect(stored.includes(Buffer.from(text).toString('base64'))).toBe(false);
      expect(stored.includes(key)).toBe(false);
    });

    test('can not be read with another key, and it is said so', async () => {
      const note = await sealedNote();
      const other = open(randomBytes(32));
      await expect(other.checkKey()).rejects.toThrow(VaultKeyRefused);
      await expect(other.checkKey()).rejects.toThrow('This vault was made with another key');
      await expect(other.open(note)).rejects.toThrow(VaultKeyRefused);
      await expect(other.customerOf({ source: 'a', id: 'b' }, 'e-9')).rejects.toThrow(VaultKeyRefused);
      await open().checkKey();
    });

    test('an empty vault takes any key', async () => {
      await open(randomBytes(32)).checkKey();
    });
  });

  describe('a customer who is forgotten', () => {
    test('is unreadable everywhere, though the files are searched with the key at hand', async () => {
      await personal.customerOf(ANA, 'e-1');
      const note = await sealedNote();
      await personal.putContact(customer, { contact: { phone: '+4670112233' }, asOf: AT });
      const wrapped = (await vault.get<{ wrapped: string }>(`key/${customer}`))?.value.wrapped ?? '';
      expect(bytesStored().includes(wrapped)).toBe(true);

      await personal.forgetKey(customer);
      expect(await personal.open(note)).toBeUndefined();
      expect(await open().open(note)).toBeUndefined();
      expect(await personal.openAll({ note })).toEqual({ note: { forgotten: true } });
      expect(await personal.contactOf(customer)).toBeUndefined();
      expect(await personal.referencesOf(customer)).toEqual([]);
      expect(await personal.isForgotten(customer)).toBe(true);
      expect(bytesStored().includes(wrapped)).toBe(false);
    });

    test('gets no new key, and is another customer when they come back', async () => {
      await personal.customerOf(ANA, 'e-1');
      await sealedNote();
      await personal.forgetKey(customer);
      await expect(sealedNote()).rejects.toThrow(CustomerIsForgotten);
      await expect(personal.putContact(customer, { contact: {}, asOf: AT })).rejects.toThrow(CustomerIsForgotten);
      expect(await personal.customerOf(ANA, 'e-5')).toBe(idOf('e-5'));
    });

    test('can come back though what they said before is sent again', async () => {
      await personal.customerOf(ANA, 'e-1');
      await personal.forgetKey(customer);
      const again = ['e-1', 'e-5', 'e-1'].map((event) => ({ reference: ANA, event }));
      expect(await personal.customersOf([{ reference: ANA, event: 'e-1' }])).toEqual([customer]);
      expect(await personal.referencesOf(customer)).toEqual([]);
      expect(await personal.customersOf(again)).toEqual([customer, idOf('e-5'), idOf('e-5')]);
      expect(await personal.customerOf(ANA, 'e-1')).toBe(idOf('e-5'));
    });

    test('may be forgotten twice, or without ever having had a key', async () => {
      await personal.forgetKey('nobody');
      await personal.forgetKey('nobody');
      expect(await personal.isForgotten('nobody')).toBe(true);
    });
  });
});

describe('the key encryption key', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'amends-key-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('is made at first use, for its owner alone, and is the same from then on', () => {
    const key = loadKeyEncryptionKey(folder, { vaultExists: false });
    expect(key).toHaveLength(32);
    expect(statSync(join(folder, 'vault.key')).mode & 0o777).toBe(0o600);
    expect(loadKeyEncryptionKey(folder, { vaultExists: true })).toEqual(key);
  });

  test('is the one given where one is given, and no file is made', () => {
    const given = randomBytes(32);
    expect(loadKeyEncryptionKey(folder, { given: given.toString('base64'), vaultExists: true })).toEqual(given);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('is not made anew beside a vault that is there', () => {
    const load = () => loadKeyEncryptionKey(folder, { vaultExists: true });
    expect(load).toThrow(VaultKeyRefused);
    expect(load).toThrow('vault.key is missing');
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each(['', 'secret', randomBytes(31).toString('base64'), randomBytes(32).toString('hex')])(
    'is refused in words where it is no 32 bytes in base64',
    (given) => {
      expect(() => loadKeyEncryptionKey(folder, { given, vaultExists: false })).toThrow('must be 32 bytes in base64');
    },
  );
});
