import type { KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { idOf } from '../event-sourcing/identity.js';
import type { Ledger } from '../ledger/ledger.js';
import type { CustomerKeys } from './customer-keys.js';
import { CustomerSources } from './customer-sources.js';
import { decrypt, encrypt, keyedHash, keyFor } from './encryption.js';

/** A customer's id in another system. */
export interface CustomerReference {
  readonly source: string;
  readonly id: string;
}

/** A reference, and the id of the event that mentions it. */
export interface Naming {
  readonly reference: CustomerReference;
  readonly event: string;
}

/** The first naming of a customer. */
interface First extends Naming {
  readonly hash: string;
  readonly customer: string;
}

const CACHED = 100_000;
/** This process may resolve a customer for so long after another process forgot them. */
const CACHED_MS = 60_000;

const referenceEntry = (hash: string): string => `reference/${hash}`;
const CUSTOMERS = 'customer/';
const entriesOf = (customer: string): string => `${CUSTOMERS}${customer}/`;

/**
 * Maps other systems' ids to our customers. Only the vault holds those ids: under a keyed hash to look them up, and
 * encrypted under the customer to read and forget them.
 */
export class CustomerReferences {
  private readonly sources: CustomerSources;
  private readonly hashing: KeyObject;
  private readonly reading: KeyObject;
  private readonly cached = new LRUCache<string, string>({ max: CACHED, ttl: CACHED_MS });

  constructor(
    private readonly vault: Ledger,
    keyEncryptionKey: KeyObject,
    private readonly keys: CustomerKeys,
  ) {
    this.hashing = keyFor(keyEncryptionKey, 'references');
    this.reading = keyFor(keyEncryptionKey, 'reference texts');
    this.sources = new CustomerSources({
      vault,
      prefix: CUSTOMERS,
      sourceIn: (key, sealed) => this.referenceIn(key, sealed)?.source,
    });
  }

  /**
   * Our ids, in order. The first event that mentions a customer determines their id. An event that arrives again after
   * its customer was forgotten still resolves to them, but stores nothing, so that they can become a customer again.
   */
  async customersOf(namings: readonly Naming[]): Promise<readonly string[]> {
    const hashed = namings.map(({ reference, event }) => ({ reference, event, hash: this.hashOf(reference) }));
    const customers = new Map<string, string>();
    const forgotten = new Map<object, string>();
    const firsts: First[] = [];
    for (const naming of hashed) {
      const { event, hash } = naming;
      if (customers.has(hash)) continue;
      const known = await this.find(hash);
      const customer = known ?? (await this.nameOf(event, hash));
      if (known === undefined && (await this.keys.isDestroyed(customer))) {
        forgotten.set(naming, customer);
        continue;
      }
      customers.set(hash, customer);
      if (known === undefined) firsts.push({ ...naming, customer });
    }
    if (firsts.length > 0) await this.store(firsts, customers);
    return hashed.map((naming) => forgotten.get(naming) ?? customers.get(naming.hash) ?? '');
  }

  /** Who that is; nobody where no event has named them, or they were forgotten. */
  knownAs(reference: CustomerReference): Promise<string | undefined> {
    return this.find(this.hashOf(reference));
  }

  /** The customers whom any source knows by this id. */
  async namedAs(id: string): Promise<readonly string[]> {
    const sources = await this.sources.all();
    const found = await Promise.all(sources.map((source) => this.find(this.hashOf({ source, id }))));
    return [...new Set(found.filter((customer) => customer !== undefined))];
  }

  async referencesOf(customer: string): Promise<readonly CustomerReference[]> {
    const entries = await this.vault.list<{ sealed: string }>(entriesOf(customer));
    return entries.flatMap(({ key, value }) => this.referenceIn(key, value.sealed) ?? []);
  }

  async forget(customer: string): Promise<void> {
    for (const { key } of await this.vault.list(entriesOf(customer))) {
      const hash = key.slice(entriesOf(customer).length);
      await this.vault.remove(referenceEntry(hash));
      // Last, so that a second run after a crash finds the rest.
      await this.vault.remove(key);
      this.cached.delete(hash);
    }
  }

  private async find(hash: string): Promise<string | undefined> {
    const known = this.cached.get(hash);
    if (known !== undefined) return known;
    const customer = (await this.vault.get<{ customer: string }>(referenceEntry(hash)))?.value.customer;
    if (customer !== undefined) this.cached.set(hash, customer);
    return customer;
  }

  /** From the event alone, unless that id already belongs to another reference. */
  private async nameOf(event: string, hash: string): Promise<string> {
    const customer = idOf(event);
    const named = await this.vault.list(entriesOf(customer));
    return named.some(({ key }) => key !== `${entriesOf(customer)}${hash}`) ? idOf(event, hash) : customer;
  }

  /**
   * Stores the entry that `forget` follows before the one that it must find, and the customer's key with it. Another
   * process may win the race.
   */
  private async store(firsts: readonly First[], customers: Map<string, string>): Promise<void> {
    await this.keys.bind();
    await this.sources.list(firsts.map(({ reference }) => reference.source));
    const entries = firsts.map(({ reference: { source, id }, hash, customer }) => {
      const key = `${entriesOf(customer)}${hash}`;
      return { key, value: { sealed: encrypt(this.reading, JSON.stringify({ source, id }), key) } };
    });
    const found = firsts.map(({ hash, customer }) => ({ key: referenceEntry(hash), value: { customer }, expected: 0 }));
    const keys = this.keys.fresh(firsts.map(({ customer }) => customer));
    const failed = await this.vault.putInOrder([[...entries, ...keys.puts], found]);
    keys.stored(failed);
    const lost = new Set(failed);
    for (const { hash, customer } of firsts) {
      if (!lost.has(referenceEntry(hash))) {
        this.cached.set(hash, customer);
        continue;
      }
      const winner = await this.find(hash);
      if (winner === undefined) throw new Error('A customer was forgotten while being named. Send it again.');
      if (winner !== customer) await this.vault.remove(`${entriesOf(customer)}${hash}`);
      customers.set(hash, winner);
    }
  }

  private referenceIn(key: string, sealed: string): CustomerReference | undefined {
    const text = decrypt(this.reading, sealed, key);
    return text && (JSON.parse(text.toString()) as CustomerReference);
  }

  private hashOf({ source, id }: CustomerReference): string {
    return keyedHash(this.hashing, `${source.length}:${source}${id}`);
  }
}
