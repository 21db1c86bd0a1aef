import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Ledger, Put } from '../ledger/ledger.js';
import { decrypt, encrypt, KEY_BYTES, keyFor } from './encryption.js';
import { CustomerIsForgotten, VaultKeyRefused } from './vault-errors.js';

type KeyEntry = { readonly wrapped: string } | { readonly destroyed: true };

const KEY_CHECK = 'check/key-encryption-key';
const CHECK_TEXT = 'This vault and this key belong together.';
const CACHED = 20_000;
/** This process may use a key for so long after another process destroyed it. */
const CACHED_MS = 60_000;

const entryOf = (customer: string): string => `key/${customer}`;

interface FreshKeys {
  readonly puts: readonly Put[];
  /** To be called once they are stored, with what failed. */
  stored(this: void, failed: readonly string[]): void;
}

/** One key per customer, which the vault stores encrypted. */
export class CustomerKeys {
  private readonly wrapping: KeyObject;
  private readonly cached = new LRUCache<string, KeyObject>({ max: CACHED, ttl: CACHED_MS });
  private checked = false;

  constructor(
    private readonly vault: Ledger,
    keyEncryptionKey: KeyObject,
  ) {
    this.wrapping = keyFor(keyEncryptionKey, 'wrapping');
  }

  /** @throws VaultKeyRefused if the vault belongs to another key */
  async check(): Promise<void> {
    const entry = await this.vault.get<{ sealed: string }>(KEY_CHECK);
    if (entry && decrypt(this.wrapping, entry.value.sealed, KEY_CHECK)?.toString() !== CHECK_TEXT)
      throw new VaultKeyRefused(
        `This vault was made with another key. Set the right AMENDS_VAULT_KEY, or put back its vault.key, or the vault.db that belongs to that key.`,
      );
    this.checked = entry !== undefined;
  }

  /** Call it before storing anything: it stores the record that `check` reads. */
  async bind(): Promise<void> {
    if (this.checked) return;
    await this.vault.putMany([
      { key: KEY_CHECK, value: { sealed: encrypt(this.wrapping, CHECK_TEXT, KEY_CHECK) }, expected: 0 },
    ]);
    await this.check();
  }

  /** The customer's key; undefined if there is none, or it was destroyed. */
  async find(customer: string): Promise<KeyObject | undefined> {
    const known = this.cached.get(customer);
    if (known) return known;
    const entry = await this.vault.get<KeyEntry>(entryOf(customer));
    return entry && 'wrapped' in entry.value ? this.unwrap(customer, entry.value.wrapped) : undefined;
  }

  /** @throws CustomerIsForgotten if the key was destroyed */
  async findOrMake(customer: string): Promise<KeyObject> {
    const known = this.cached.get(customer);
    if (known) return known;
    await this.make([customer]);
    const key = await this.find(customer);
    if (!key) throw new CustomerIsForgotten(customer);
    return key;
  }

  /** Makes missing keys with one sync of the disk. Existing keys stay, and forgotten customers stay forgotten. */
  async make(customers: readonly string[]): Promise<void> {
    const missing: string[] = [];
    for (const customer of new Set(customers))
      if (!this.cached.has(customer) && !(await this.vault.get(entryOf(customer)))) missing.push(customer);
    if (missing.length === 0) return;
    await this.bind();
    const { puts, stored } = this.fresh(missing);
    stored(await this.vault.putMany(puts));
  }

  /** Keys for customers who may have none yet, for a caller that stores other things with them. */
  fresh(customers: readonly string[]): FreshKeys {
    const made = customers
      .filter((customer) => !this.cached.has(customer))
      .map((customer) => ({ customer, entry: entryOf(customer), key: createSecretKey(randomBytes(KEY_BYTES)) }));
    return {
      puts: made.map(({ entry, key }) => ({
        key: entry,
        value: { wrapped: encrypt(this.wrapping, key.export(), entry) } satisfies KeyEntry,
        expected: 0,
      })),
      stored: (failed) => {
        // Who has a key keeps it.
        const others = new Set(failed);
        for (const { customer, entry, key } of made) if (!others.has(entry)) this.cached.set(customer, key);
      },
    };
  }

  /** For ever. A mark stays, so that nobody makes a new key. */
  async destroy(customer: string): Promise<void> {
    const entry = entryOf(customer);
    // Remove before put: an overwritten value can leave traces in the file, a removed one can't.
    await this.vault.remove(entry);
    await this.vault.put({ key: entry, value: { destroyed: true } satisfies KeyEntry });
    this.cached.delete(customer);
  }

  async isDestroyed(customer: string): Promise<boolean> {
    const entry = await this.vault.get<KeyEntry>(entryOf(customer));
    return entry !== undefined && 'destroyed' in entry.value;
  }

  private unwrap(customer: string, wrapped: string): KeyObject {
    const bytes = decrypt(this.wrapping, wrapped, entryOf(customer));
    if (!bytes)
      throw new VaultKeyRefused(
        `Amends can't unwrap the key of customer ${customer}: the vault was made with another key, or is damaged. Run amends verify.`,
      );
    const key = createSecretKey(bytes);
    this.cached.set(customer, key);
    return key;
  }
}
