export interface LedgerRecord<T = unknown> {
  readonly key: string;
  readonly value: T;
  /** 1 after the first put. */
  readonly version: number;
  /** When something must be done with it: UTC, ISO 8601. */
  readonly dueAt?: string;
}

export interface Put {
  readonly key: string;
  readonly value: unknown;
  /** The version it must have; 0: it must not be there. Without it the put is unconditional. */
  readonly expected?: number;
  readonly dueAt?: string;
}

/**
 * Small records that change by compare-and-set. Keys are `kind/...`; `kind` groups what is listed together.
 * No transaction spans records.
 */
export interface Ledger {
  get<T>(key: string): Promise<LedgerRecord<T> | undefined>;
  /** Resolves to the new version. @throws VersionConflict if the record is not at `expected`. */
  put(put: Put): Promise<number>;
  /** Unconditional or conditional, many at once for speed: each stands or fails alone. Failed keys are returned. */
  putMany(puts: readonly Put[]): Promise<readonly string[]>;
  /** @throws VersionConflict if the record is not at `expected`. Removing what is not there is no error. */
  remove(key: string, expected?: number): Promise<void>;
  /** In key order, those whose key starts with `prefix`, after the key `after`. */
  list<T>(
    prefix: string,
    options?: { after?: string; limit?: number; direction?: 'forwards' | 'backwards' },
  ): Promise<readonly LedgerRecord<T>[]>;
  /** Soonest first, those under `prefix` that are due at `at` or before. */
  due<T>(prefix: string, at: string, limit: number): Promise<readonly LedgerRecord<T>[]>;
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

/** The store can't work now: down, cut off or too slow. The message says what to do; what was asked may have been done. */
export class LedgerUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LedgerUnavailable';
  }
}
