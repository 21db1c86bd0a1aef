import { createSecretKey, type KeyObject } from 'node:crypto';
import type { EventDeclaration, ToAppend } from '../event-sourcing/event.js';
import { isSealed, type Sealed } from '../event-sourcing/sealed.js';
import type { Ledger } from '../ledger/ledger.js';
import type { ContactData, ContactStatement } from './contact-data.js';
import { Contacts } from './contacts.js';
import { CustomerKeys } from './customer-keys.js';
import { type CustomerReference, CustomerReferences, type Naming } from './customer-references.js';
import { decrypt, encrypt, KEY_BYTES, keyedHash, keyFor } from './encryption.js';
import { replaceSealed, sealedIn } from './sealed-values.js';
import { SealedValueBroken, VaultKeyRefused } from './vault-errors.js';

export interface PersonalDataOptions {
  /** A separate ledger; its back-up must be separate too. */
  readonly vault: Ledger;
  /** 32 bytes; see loadKeyEncryptionKey. */
  readonly keyEncryptionKey: Buffer;
  readonly declarations: Readonly<Record<string, EventDeclaration>>;
}

/** Characters of base64, for 128 bits. */
const REQUEST_HASH_LENGTH = 22;

/**
 * Encrypts people's words, names and addresses with the customer's own key before anything stores them. Destroying that
 * key forgets them everywhere at once, including back-ups and old builds.
 */
export class PersonalData {
  private readonly keys: CustomerKeys;
  private readonly keyEncryptionKey: KeyObject;
  private readonly requestKeys = new WeakMap<KeyObject, KeyObject>();
  private readonly references: CustomerReferences;
  private readonly contacts: Contacts;
  private readonly declarations: Readonly<Record<string, EventDeclaration>>;

  constructor({ vault, keyEncryptionKey, declarations }: PersonalDataOptions) {
    if (keyEncryptionKey.length !== KEY_BYTES)
      throw new VaultKeyRefused(`The vault key must be ${KEY_BYTES} bytes, not ${keyEncryptionKey.length}.`);
    const key = (this.keyEncryptionKey = createSecretKey(keyEncryptionKey));
    this.keys = new CustomerKeys(vault, key);
    this.contacts = new Contacts(vault, key, this.keys);
    this.references = new CustomerReferences(vault, key, this.keys);
    this.declarations = declarations;
  }

  /** Call it at the start. @throws VaultKeyRefused if the vault belongs to another key */
  checkKey(): Promise<void> {
    return this.keys.check();
  }

  /** Our id of another system's customer. The first event that mentions them determines it. */
  async customerOf(reference: CustomerReference, event: string): Promise<string> {
    const [customer] = await this.references.customersOf([{ reference, event }]);
    if (customer === undefined) throw new Error('The vault returned no customer.');
    return customer;
  }

  /** In order. */
  customersOf(namings: readonly Naming[]): Promise<readonly string[]> {
    return this.references.customersOf(namings);
  }

  /** The customer of another system's id; nobody where no event has named them, or they were forgotten. */
  knownAs(reference: CustomerReference): Promise<string | undefined> {
    return this.references.knownAs(reference);
  }

  referencesOf(customer: string): Promise<readonly CustomerReference[]> {
    return this.references.referencesOf(customer);
  }

  /** For imports: many new keys cost one sync of the disk. */
  makeKeys(customers: readonly string[]): Promise<void> {
    return this.keys.make(customers);
  }

  /**
   * Seals the events' personal fields, except those that are sealed already.
   * @throws CustomerIsForgotten if there is something to seal and the key was destroyed
   */
  async seal<E extends ToAppend>(events: readonly E[], customer: string): Promise<readonly E[]> {
    if (!events.some((event) => this.toSeal(event).length > 0)) return events;
    const key = await this.keys.findOrMake(customer);
    return events.map((event) => this.sealOne(event, customer, key));
  }

  /** The text; undefined after the customer's key was destroyed. @throws SealedValueBroken */
  async open(value: Sealed): Promise<string | undefined> {
    const key = await this.keys.find(value.key);
    return key && opened(value, key);
  }

  /**
   * A hash by which the same request is known when it is sent again: 128 bits, keyed, so that nobody finds short texts by
   * trying. It is undefined once the words that are sealed in its events are forgotten, because they share its key.
   */
  async requestHash(request: string, events: readonly Pick<ToAppend, 'data'>[]): Promise<string | undefined> {
    const [words] = events.flatMap(({ data }) => sealedIn(data));
    if (words === undefined) await this.keys.bind();
    const key = words === undefined ? this.keyEncryptionKey : await this.keys.find(words.key);
    return key && keyedHash(this.requestKeyOf(key), request, 'base64url').slice(0, REQUEST_HASH_LENGTH);
  }

  private requestKeyOf(key: KeyObject): KeyObject {
    const known = this.requestKeys.get(key);
    if (known) return known;
    const made = keyFor(key, 'requests');
    this.requestKeys.set(key, made);
    return made;
  }

  /** A copy with every sealed value opened, or marked as forgotten after its key was destroyed. */
  async openAll(document: unknown): Promise<unknown> {
    const texts = new Map<Sealed, unknown>();
    for (const sealed of sealedIn(document)) texts.set(sealed, (await this.open(sealed)) ?? { forgotten: true });
    return replaceSealed(document, (sealed) => texts.get(sealed));
  }

  /** A copy with every sealed value marked as withheld, for those who may not read people's words. */
  withhold(document: unknown): unknown {
    return replaceSealed(document, () => ({ withheld: true }));
  }

  /** Those whom any source knows by this id, or who have this e-mail address. */
  async find(by: { readonly id: string } | { readonly email: string }): Promise<readonly string[]> {
    return 'id' in by ? this.references.namedAs(by.id) : this.contacts.withEmail(by.email);
  }

  /** Keeps what the statement says of later than is known. Resolves to the vault's entry, which events cite. @throws CustomerIsForgotten */
  putContact(customer: string, statement: ContactStatement): Promise<string> {
    return this.contacts.put(customer, statement);
  }

  contactOf(customer: string): Promise<ContactData | undefined> {
    return this.contacts.of(customer);
  }

  /** Destroys the customer's key, references and addresses for ever. After a crash, call it again. */
  async forgetKey(customer: string): Promise<void> {
    await this.keys.destroy(customer);
    await this.contacts.forget(customer);
    await this.references.forget(customer);
  }

  isForgotten(customer: string): Promise<boolean> {
    return this.keys.isDestroyed(customer);
  }

  private toSeal(event: ToAppend): readonly PersonalField[] {
    const data = fieldsOf(event.data);
    const { personal = [], restates } = this.declarationOf(event.type);
    const own = personal.map((field) => ({ field, value: data[field] }));
    const restated = restates && data[restates.fields];
    if (restated === undefined) return own.filter(isPlain);
    const within = fieldsOf(restated);
    const { personal: theirs = [] } = this.declarationOf(String(data[restates?.type ?? '']));
    return [...own, ...theirs.map((field) => ({ field, value: within[field], in: restates?.fields }))].filter(isPlain);
  }

  private declarationOf(type: string): EventDeclaration {
    const declaration = Object.hasOwn(this.declarations, type) ? this.declarations[type] : undefined;
    if (declaration) return declaration;
    throw new TypeError(`${type} is not declared, so Amends doesn't know which of its fields are personal.`);
  }

  private sealOne<E extends ToAppend>(event: E, customer: string, key: KeyObject): E {
    const data: Record<string, unknown> = { ...event.data };
    for (const { field, value, in: within } of this.toSeal(event)) {
      const sealed = sealedWith(key, customer, event.id, field, String(value));
      if (within === undefined) data[field] = sealed;
      else data[within] = { ...fieldsOf(data[within]), [field]: sealed };
    }
    return { ...event, data };
  }
}

interface PersonalField {
  readonly field: string;
  readonly value: unknown;
  /** The field that contains it, if the event restates another event's. */
  readonly in?: string | undefined;
}

/** @throws TypeError for a value that is neither text nor sealed, because the store would hold it unencrypted */
const isPlain = ({ field, value }: PersonalField): boolean => {
  if (value === undefined || value === null || isSealed(value)) return false;
  if (typeof value === 'string') return true;
  throw new TypeError(`${field} is personal and must be text, not ${typeof value}.`);
};

const fieldsOf = (data: unknown): Readonly<Record<string, unknown>> =>
  typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};

/** A sealed value doesn't open in another event or field. */
const contextOf = (event: string, field: string): string => `${event}/${field}`;

const sealedWith = (key: KeyObject, customer: string, event: string, field: string, text: string): Sealed => ({
  sealed: encrypt(key, text, contextOf(event, field)),
  key: customer,
  event,
  field,
});

const opened = (value: Sealed, key: KeyObject): string => {
  const text = decrypt(key, value.sealed, contextOf(value.event, value.field));
  if (!text) throw new SealedValueBroken(value.event, value.field);
  return text.toString();
};
