import { type Ledger, type LedgerRecord, VersionConflict } from './ledger.js';

/** Leases: one process holds each until it releases it or it expires. */
export class Leases {
  constructor(
    private readonly ledger: Ledger,
    /** Unique to this process. */
    readonly holder: string,
    private readonly ttlMs: number,
  ) {}

  /** Takes or renews a lease. False: another process holds it. */
  async take(name: string, now: Date): Promise<boolean> {
    const key = keyOf(name);
    const record = await this.ledger.get<Lease>(key);
    if (record !== undefined && record.value.holder !== this.holder && isHeld(record, now)) return false;
    const dueAt = new Date(now.getTime() + this.ttlMs).toISOString();
    try {
      await this.ledger.put({ key, value: { holder: this.holder }, expected: record?.version ?? 0, dueAt });
      return true;
    } catch (error) {
      if (error instanceof VersionConflict) return false; // another process was faster
      throw error;
    }
  }

  async release(name: string): Promise<void> {
    const record = await this.ledger.get<Lease>(keyOf(name));
    if (record?.value.holder === this.holder) await this.remove(record);
  }

  /** Removes expired leases under a prefix: nobody takes one again that is named after its holder. */
  async sweep(prefix: string, now: Date): Promise<void> {
    for (const record of await this.ledger.list<Lease>(keyOf(prefix)))
      if (!isHeld(record, now)) await this.remove(record);
  }

  /** The holders of the leases under a prefix, by name. */
  async held(prefix: string, now: Date): Promise<ReadonlyMap<string, string>> {
    const held = (await this.ledger.list<Lease>(keyOf(prefix))).filter((record) => isHeld(record, now));
    return new Map(held.map(({ key, value }) => [key.slice(keyOf('').length), value.holder]));
  }

  private async remove({ key, version }: LedgerRecord): Promise<void> {
    try {
      await this.ledger.remove(key, version);
    } catch (error) {
      if (!(error instanceof VersionConflict)) throw error; // taken meanwhile
    }
  }
}

interface Lease {
  readonly holder: string;
}

const keyOf = (name: string): string => `lease/${name}`;
const isHeld = ({ dueAt }: { readonly dueAt?: string }, now: Date): boolean =>
  dueAt !== undefined && dueAt > now.toISOString();
