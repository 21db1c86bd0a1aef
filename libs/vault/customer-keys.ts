import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Ledger } from '../ledger/ledger.js';
import { decrypt, encrypt, KEY_BYTES, keyFor } from './encryption.js';
import { CustomerIsForgotten, VaultKeyRefused } from './vault-errors.js';

type KeyEntry = { readonly wrapped: string } | { readonly destroyed: true };

const KEY_CHECK = 'check/key-encryption-key';
const CHECK_TEXT = 'This vault and this key belong together.';
const CACHED = 20_000;
/** How long a key that another process destroyed may still be used by this one. */
const CACHED_MS = 60_000;

const entryOf = (customer: string): string => `key/${customer}`;

/** Each customer's own key, kept encrypted in the vault. */
export class CustomerKeys {
  private readonly wrapping: Buffer;
  private readonly cached = new LRUCache<string, Buffer>({ max: CACHED, ttl: CACHED_MS });
  private checked = false;

  constructor(
    private readonly vault: Ledger,
    keyEncryptionKey: Buffer,
  ) {
    this.wrapping = keyFor(keyEncryptionKey, 'wrapping');
  }

  /** @throws VaultKeyRefused if the vault was made with another key. */
  async check(): Promise<void> {
    const entry = await this.vault.get<{ sealed: string }>(KEY_CHECK);
    if (entry && decrypt(this.wrapping, entry.value.sealed, KEY_CHECK)?.toString() !== CHECK_TEXT)
      throw new VaultKeyRefused(
        `This is not the key that this vault was made with. Give the right AMENDS_VAULT_KEY, or put its vault.key back.`,
      );
    this.checked = entry !== undefined;
  }

  /** To be called before anything is stored, so that a vault can always tell its key from others. */
  async bind(): Promise<void> {
    if (this.checked) return;
    await this.vault.putMany([
      { key: KEY_CHECK, value: { sealed: encrypt(this.wrapping, CHECK_TEXT, KEY_CHECK) }, expected: 0 },
    ]);
    await this.check();
  }

  /** The customer's key; undefined where there is none, or it was destroyed. */
  async find(customer: string): Promise<Buffer | undefined> {
    const known = this.cached.get(customer);
    if (known) return known;
    const entry = await this.vault.get<KeyEntry>(entryOf(customer));
    return entry && 'wrapped' in entry.value ? this.unwrap(customer, entry.value.wrapped) : undefined;
  }

  /** @throws CustomerIsForgotten if it was destroyed. */
  async findOrMake(customer: string): Promise<Buffer> {
    const known = this.cached.get(customer);
    if (known) return known;
    await this.make([customer]);
    const key = await this.find(customer);
    if (!key) throw new CustomerIsForgotten(customer);
    return key;
  }

  /** Many at once cost one sync of the disk. Who has a key keeps it, and who is forgotten stays so. */
  async make(customers: readonly string[]): Promise<void> {
    const missing: { customer: string; key: Buffer }[] = [];
    for (const customer of new Set(customers))
      if (!this.cached.has(customer) && !(await this.vault.get(entryOf(customer))))
        missing.push({ customer, key: randomBytes(KEY_BYTES) });
    if (missing.length === 0) return;
    await this.bind();
    const failed = await this.vault.putMany(
      missing.map(({ customer, key }) => ({
        key: entryOf(customer),
        value: { wrapped: encrypt(this.wrapping, key, entryOf(customer)) } satisfies KeyEntry,
        expected: 0,
      })),
    );
    const takenByOthers = new Set(failed);
    for (const { customer, key } of missing) if (!takenByOthers.has(entryOf(customer))) this.cached.set(customer, key);
  }

  /** For good. A mark stays, so that no new key is made. */
  async destroy(customer: string): Promise<void> {
    const entry = entryOf(customer);
    // Removed first, so that a vault that leaves no traces of what is removed leaves none of the key.
    await this.vault.remove(entry);
    await this.vault.put({ key: entry, value: { destroyed: true } satisfies KeyEntry });
    this.cached.delete(customer);
  }

  async isDestroyed(customer: string): Promise<boolean> {
    const entry = await this.vault.get<KeyEntry>(entryOf(customer));
    return entry !== undefined && 'destroyed' in entry.value;
  }

  private unwrap(customer: string, wrapped: string): Buffer {
    const key = decrypt(this.wrapping, wrapped, entryOf(customer));
    if (!key)
      throw new VaultKeyRefused(
        `The key of customer ${customer} can't be unwrapped: the vault was made with another key, or is damaged.`,
      );
    this.cached.set(customer, key);
    return key;
  }
}
