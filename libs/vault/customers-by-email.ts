import type { KeyObject } from 'node:crypto';
import type { Ledger } from '../ledger/ledger.js';
import { keyedHash, keyFor } from './encryption.js';

const entry = (hash: string, customer: string): string => `e-mail/${hash}/${customer}`;
const ofCustomer = (customer: string): string => `e-mail-of/${customer}/`;

/** Finds customers by their e-mail address. The vault holds a keyed hash of it, never the address. */
export class CustomersByEmail {
  private readonly hashing: KeyObject;

  constructor(
    private readonly vault: Ledger,
    keyEncryptionKey: KeyObject,
  ) {
    this.hashing = keyFor(keyEncryptionKey, 'e-mail addresses');
  }

  /** The customer's only address from now on, or none. Where it is so already, nothing is written. */
  async set(customer: string, email: string | undefined): Promise<void> {
    if (email === undefined) return this.forget(customer);
    const hash = this.hashOf(email);
    // First what `forget` follows, then what it must find.
    for (const key of [`${ofCustomer(customer)}${hash}`, entry(hash, customer)])
      if (!(await this.vault.get(key))) await this.vault.put({ key, value: {} });
    await this.remove(customer, (other) => other !== hash);
  }

  async find(email: string): Promise<readonly string[]> {
    const prefix = entry(this.hashOf(email), '');
    return (await this.vault.list(prefix)).map(({ key }) => key.slice(prefix.length));
  }

  forget(customer: string): Promise<void> {
    return this.remove(customer, () => true);
  }

  private async remove(customer: string, which: (hash: string) => boolean): Promise<void> {
    for (const { key } of await this.vault.list(ofCustomer(customer))) {
      const hash = key.slice(ofCustomer(customer).length);
      if (!which(hash)) continue;
      await this.vault.remove(entry(hash, customer));
      await this.vault.remove(key);
    }
  }

  /** Addresses differ by case for nobody. */
  private hashOf(email: string): string {
    return keyedHash(this.hashing, email.trim().toLowerCase());
  }
}
