export interface LedgerRecord<T = unknown> {
  readonly key: string;
  readonly value: T;
  /** 1 after the first put. */
  readonly version: number;
  /** When it falls due: UTC, ISO 8601. */
  readonly dueAt?: string;
}

export interface Put {
  readonly key: string;
  readonly value: unknown;
  /** The version it must have; 0: it must not exist. Without it the put is unconditional. */
  readonly expected?: number;
  readonly dueAt?: string;
}

export interface ListOptions {
  readonly after?: string;
  readonly limit?: number;
  readonly direction?: 'forwards' | 'backwards';
}

/**
 * Small records that change by compare-and-set. Keys are `kind/...`. No transaction spans records. Each has a checksum:
 * reading a record that differs from what was put throws LedgerDamaged, and others are read as before.
 */
export interface Ledger {
  get<T>(key: string): Promise<LedgerRecord<T> | undefined>;
  /** Resolves to the new version. @throws VersionConflict if the record is not at `expected`. */
  put(put: Put): Promise<number>;
  /** Many puts at once, for speed. Each succeeds or fails alone; resolves to the keys that failed. */
  putMany(puts: readonly Put[]): Promise<readonly string[]>;
  /** The same in stages: whoever finds a put of one stage finds those of the stages before that succeeded. */
  putInOrder(stages: readonly (readonly Put[])[]): Promise<readonly string[]>;
  /** Does nothing if there is no record. @throws VersionConflict if the record is not at `expected`. */
  remove(key: string, expected?: number): Promise<void>;
  /** Records whose key starts with `prefix`, in key order, after the key `after`. */
  list<T>(prefix: string, options?: ListOptions): Promise<readonly LedgerRecord<T>[]>;
  /** Records under `prefix` that are due at `at` or before, soonest first. */
  due<T>(prefix: string, at: string, limit: number): Promise<readonly LedgerRecord<T>[]>;
  /** What is damaged, at most `most` findings. It reads every record. */
  damages(most: number): Promise<readonly LedgerDamaged[]>;
  close(): Promise<void>;
}

/** Somebody else changed the record first. */
export class VersionConflict extends Error {
  constructor(
    readonly key: string,
    readonly expected: number,
    readonly actual: number,
  ) {
    super(`${key} is at version ${actual}, not ${expected}. Read it again, then decide again.`);
    this.name = 'VersionConflict';
  }
}

/** Another version of Amends made the ledger. */
export class LedgerFormatRefused extends Error {
  constructor(where: string, found: number, wanted: number) {
    super(
      `${where} has ledger format ${found}; this version of Amends reads format ${wanted}. Run the version of Amends that wrote it.`,
    );
    this.name = 'LedgerFormatRefused';
  }
}

/** What is stored is not what was put: a retry finds the same. */
export class LedgerDamaged extends Error {
  override readonly name = 'LedgerDamaged';
  constructor(
    /** The sentence, without what mends it. */
    readonly finding: string,
    remedy: string,
    /** The record, where one can be told. */
    readonly key?: string,
    options?: ErrorOptions,
  ) {
    super(`${finding} ${remedy}`, options);
  }
}

/** The store can't work now: down, cut off or too slow. The operation may have succeeded. */
export class LedgerUnavailable extends Error {
  override readonly name = 'LedgerUnavailable';
}
