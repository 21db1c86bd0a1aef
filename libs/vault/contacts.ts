import type { KeyObject } from 'node:crypto';
import { VersionConflict, type Ledger, type LedgerRecord } from '../ledger/ledger.js';
import { newerIn, plainContact, type ContactData, type ContactStatement, type DatedContact } from './contact-data.js';
import type { CustomerKeys } from './customer-keys.js';
import { CustomersByEmail } from './customers-by-email.js';
import { decrypt, encrypt } from './encryption.js';
import { VaultKeyRefused } from './vault-errors.js';

const entryOf = (customer: string): string => `contact/${customer}`;
/** How often a write begins again because another one was faster. */
const MOST_TRIES = 20;

/** How to reach customers, each sealed with their own key, and who has which e-mail address. */
export class Contacts {
  private readonly emails: CustomersByEmail;

  constructor(
    private readonly vault: Ledger,
    keyEncryptionKey: KeyObject,
    private readonly keys: CustomerKeys,
  ) {
    this.emails = new CustomersByEmail(vault, keyEncryptionKey);
  }

  /**
   * Keeps what the statement says of later than is known. Resolves to the vault's entry.
   * @throws CustomerIsForgotten; VersionConflict if others write at each try
   */
  async put(customer: string, statement: ContactStatement): Promise<string> {
    for (let tries = 1; ; tries++) {
      const key = await this.keys.findOrMake(customer);
      try {
        await this.merge(customer, key, statement);
        break;
      } catch (error) {
        if (!(error instanceof VersionConflict) || tries === MOST_TRIES) throw error;
      }
    }
    await this.indexEmail(customer);
    return entryOf(customer);
  }

  async of(customer: string): Promise<ContactData | undefined> {
    const key = await this.keys.find(customer);
    const record = key && (await this.read(customer));
    return key && record && plainContact(openedWith(key, record));
  }

  withEmail(email: string): Promise<readonly string[]> {
    return this.emails.find(email);
  }

  async forget(customer: string): Promise<void> {
    await this.vault.remove(entryOf(customer));
    await this.emails.forget(customer);
  }

  private read(customer: string): Promise<LedgerRecord<Sealed> | undefined> {
    return this.vault.get<Sealed>(entryOf(customer));
  }

  private async merge(customer: string, key: KeyObject, statement: ContactStatement): Promise<void> {
    const entry = entryOf(customer);
    const record = await this.read(customer);
    const known = record ? openedWith(key, record) : {};
    const newer = newerIn(statement, known);
    // What is known already costs no write.
    if (record && Object.keys(newer).length === 0) return;
    const sealed = encrypt(key, JSON.stringify({ ...known, ...newer }), entry);
    await this.vault.put({ key: entry, value: { sealed }, expected: record?.version ?? 0 });
  }

  /** Lets the index follow the address that stands: after another write came between, it begins again. */
  private async indexEmail(customer: string): Promise<void> {
    let indexed: string | undefined;
    let stands = await this.emailOf(customer);
    do {
      indexed = stands;
      await this.emails.set(customer, indexed);
      stands = await this.emailOf(customer);
    } while (stands !== indexed);
  }

  private async emailOf(customer: string): Promise<string | undefined> {
    return (await this.of(customer))?.['email'];
  }
}

interface Sealed {
  readonly sealed: string;
}

const openedWith = (key: KeyObject, { key: entry, value }: LedgerRecord<Sealed>): DatedContact => {
  const text = decrypt(key, value.sealed, entry);
  if (!text) throw new VaultKeyRefused(`Amends can't open ${entry} with its customer's key: the vault is damaged.`);
  return JSON.parse(text.toString()) as DatedContact;
};
