import { hash as digest, randomBytes, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { LedgerUnavailable, VersionConflict, type Ledger } from '../../ledger/ledger.js';
import type { Caller } from './roles.js';
import type { Role } from '../../recovery/vocabulary/roles.js';

/** The name of the operator whose key the first start makes. */
export const FIRST_OPERATOR = 'operator';

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly team?: string;
  readonly createdAt: string;
  /** To the hour, so that not every request writes it. */
  readonly lastUsed?: string;
}

interface StoredKey extends ApiKey {
  readonly hash: string;
}

interface Known {
  readonly stored: StoredKey;
  /** When it was last read from the ledger, milliseconds since 1970. */
  readonly askedAt: number;
}

const PREFIX = 'api-key/';
const HOUR_MS = 3_600_000;
/** How long this process may still accept a key that another process revoked. */
const KNOWN_FOR_MS = 5_000;

/** Callers' keys. The ledger holds only their SHA-256, so that reading it gives no access. */
export class ApiKeys {
  /** By the key's hash. Revoking a key here removes it at once; a key revoked elsewhere goes when it is read again. */
  private readonly known = new LRUCache<string, Known>({ max: 10_000 });

  constructor(
    private readonly ledger: Ledger,
    private readonly now: () => string,
  ) {}

  /** Undefined for a key that is unknown or revoked. */
  async callerOf(key: string): Promise<Caller | undefined> {
    const hash = hashOf(key);
    const stored = await this.storedOf(hash);
    if (stored === undefined || !timingSafeEqual(Buffer.from(stored.hash), Buffer.from(hash))) return undefined;
    if (isStale(stored.lastUsed, this.now())) await this.markUsed(stored);
    const { id, name, role, team } = stored;
    return { id, name, role, team };
  }

  /** The answer is the only place that has the key. */
  async create(wanted: { name: string; role: Role; team?: string }): Promise<ApiKey & { key: string }> {
    const key = `amends_${randomBytes(24).toString('base64url')}`;
    return { ...(await this.store(key, wanted)), key };
  }

  async list(): Promise<readonly ApiKey[]> {
    return (await this.ledger.list<StoredKey>(PREFIX)).map(({ value }) => shown(value));
  }

  /** False where there is no such key. */
  async revoke(id: string): Promise<boolean> {
    const [record] = await this.ledger.list<StoredKey>(PREFIX + id, { limit: 1 });
    if (record === undefined || record.value.id !== id) return false;
    await this.ledger.remove(record.key);
    this.known.delete(record.value.hash);
    return true;
  }

  /** Makes sure of an operator: accepts the given key, or else makes the first one and returns it, to be shown once. */
  async ensureOperator(given: string | undefined): Promise<string | undefined> {
    if (given !== undefined) {
      if ((await this.load(hashOf(given))) === undefined)
        await this.store(given, { name: FIRST_OPERATOR, role: 'operator' });
      return undefined;
    }
    if ((await this.list()).some(({ role }) => role === 'operator')) return undefined;
    return (await this.create({ name: FIRST_OPERATOR, role: 'operator' })).key;
  }

  private async store(key: string, wanted: { name: string; role: Role; team?: string }): Promise<ApiKey> {
    const hash = hashOf(key);
    const { name, role, team } = wanted;
    const stored: StoredKey = { id: idOfHash(hash), name, role, team, createdAt: this.now(), hash };
    await this.ledger.put({ key: PREFIX + stored.id, value: stored, expected: 0 });
    return shown(stored);
  }

  private async storedOf(hash: string): Promise<StoredKey | undefined> {
    const known = this.known.get(hash);
    if (known === undefined) return this.load(hash);
    if (Math.abs(this.millis() - known.askedAt) < KNOWN_FOR_MS) return known.stored;
    this.remember(known.stored); // so that callers in the meantime don't wait for the ledger too
    try {
      return await this.load(hash);
    } catch (error) {
      // Known callers go on while the ledger is down: nobody can revoke a key then either.
      if (error instanceof LedgerUnavailable) return known.stored;
      throw error;
    }
  }

  private async load(hash: string): Promise<StoredKey | undefined> {
    const record = await this.ledger.get<StoredKey>(PREFIX + idOfHash(hash));
    if (record === undefined) this.known.delete(hash);
    else this.remember(record.value);
    return record?.value;
  }

  private remember(stored: StoredKey): void {
    this.known.set(stored.hash, { stored, askedAt: this.millis() });
  }

  private millis(): number {
    return Date.parse(this.now());
  }

  private async markUsed(stored: StoredKey): Promise<void> {
    const used: StoredKey = { ...stored, lastUsed: this.now() };
    this.remember(used);
    const record = await this.ledger.get<StoredKey>(PREFIX + stored.id);
    if (record === undefined) return void this.known.delete(stored.hash); // revoked elsewhere
    try {
      await this.ledger.put({ key: record.key, value: used, expected: record.version });
    } catch (error) {
      // Another request has revoked or marked it in the meantime: that stands.
      if (!(error instanceof VersionConflict)) throw error;
    }
  }
}

const hashOf = (key: string): string => digest('sha256', key);
const idOfHash = (hash: string): string => hash.slice(0, 20);
const isStale = (lastUsed: string | undefined, now: string): boolean =>
  lastUsed === undefined || Date.parse(now) - Date.parse(lastUsed) > HOUR_MS;
const shown = ({ hash: _, ...key }: StoredKey): ApiKey => key;
