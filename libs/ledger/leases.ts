import { type Ledger, type LedgerRecord, VersionConflict } from './ledger.js';

/** What one process at a time does, until it lets go or its time runs out. Now is an argument: nothing here asks a clock. */
export class Leases {
  constructor(
    private readonly ledger: Ledger,
    /** Of this process alone. */
    readonly holder: string,
    /** How long one lasts that is not renewed. */
    private readonly lastsMs: number,
  ) {}

  /** Takes it where it is free, or keeps it. False: another has it. */
  async take(name: string, now: Date): Promise<boolean> {
    const key = keyOf(name);
    const record = await this.ledger.get<Lease>(key);
    if (record !== undefined && record.value.holder !== this.holder && isHeld(record, now)) return false;
    const dueAt = new Date(now.getTime() + this.lastsMs).toISOString();
    try {
      await this.ledger.put({ key, value: { holder: this.holder }, expected: record?.version ?? 0, dueAt });
      return true;
    } catch (error) {
      if (error instanceof VersionConflict) return false; // another was first
      throw error;
    }
  }

  /** For another to take at once. */
  async release(name: string): Promise<void> {
    const record = await this.ledger.get<Lease>(keyOf(name));
    if (record?.value.holder === this.holder) await this.strikeOff(record);
  }

  /** Forgets those that begin so and have run out: what is named after its holder is never taken again. */
  async sweep(prefix: string, now: Date): Promise<void> {
    for (const record of await this.ledger.list<Lease>(keyOf(prefix)))
      if (!isHeld(record, now)) await this.strikeOff(record);
  }

  /** By name, who holds those that begin so. */
  async held(prefix: string, now: Date): Promise<ReadonlyMap<string, string>> {
    const records = await this.ledger.list<Lease>(keyOf(prefix));
    return new Map(
      records
        .filter((record) => isHeld(record, now))
        .map(({ key, value }) => [key.slice(keyOf('').length), value.holder] as const),
    );
  }

  private async strikeOff({ key, version }: LedgerRecord): Promise<void> {
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
