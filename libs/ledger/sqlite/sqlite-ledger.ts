import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { noCrash, type CrashPoint } from '../../event-sourcing/crash-point.js';
import { errorText } from '../../event-sourcing/error-text.js';
import { GroupCommit } from '../../sqlite/group-commit.js';
import { syncOfLog, type Sync } from '../../sqlite/log-sync.js';
import { integrityFindings } from '../../sqlite/integrity.js';
import { isDamaged, outOfOrder } from '../../sqlite/sqlite-errors.js';
import { BOUND_LIMIT } from '../../sqlite/limit.js';
import { transact } from '../../sqlite/transaction.js';
import {
  LedgerDamaged,
  LedgerFormatRefused,
  LedgerUnavailable,
  type Ledger,
  type LedgerRecord,
  type ListOptions,
  type Put,
  VersionConflict,
} from '../ledger.js';
import { instant, type Kept, LAST, recordFrom, refuseToWrite, remedyFor, type Row, rowOf } from '../row.js';

const SCHEMA_VERSION = 2;
/** Format 1 has no checksums. Whoever opens it for writing adds the column. */
const WITHOUT_CHECKSUMS = 1;

// The kind, up to the first slash, leads the index of due times: what is due of one kind is found without
// stepping over what is due of another.
const SCHEMA = `
  CREATE TABLE records (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL,
    version INTEGER NOT NULL,
    due_at TEXT,
    checksum INTEGER,
    kind TEXT NOT NULL GENERATED ALWAYS AS (substr(key, 1, instr(key || '/', '/') - 1)) VIRTUAL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX records_due ON records (kind, due_at, key) WHERE due_at IS NOT NULL;
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

export interface SqliteLedgerOptions {
  /** A file, or ':memory:'. */
  readonly path: string;
  readonly mode: 'write' | 'read';
  /** What is removed leaves no trace in the file, for secrets: costs two more syncs a removal. Default false. */
  readonly shred?: boolean;
  /** What it is kept for; default 'ledger'. */
  readonly name?: 'ledger' | 'vault';
  readonly crashPoint?: CrashPoint;
  /** For tests: what the disk does, done otherwise. */
  readonly disk?: (this: void, sync: Sync) => Sync;
}

/**
 * The ledger in one SQLite file. A put is on the disk before its answer. Several processes may open the same file:
 * compare-and-set holds between them too, because each group of writes takes SQLite's write lock first.
 */
export class SqliteLedger implements Ledger {
  private readonly reads: ReturnType<typeof readsOf>;
  private readonly sync: Sync | undefined;
  private prepared: ReturnType<typeof changesOf> | undefined;
  /** Keys of what is written and may not be on the disk yet. */
  private readonly unsynced = new Set<string>();
  private readonly writes: GroupCommit;
  private readonly mode: 'write' | 'read';
  private readonly shred: boolean;
  private readonly crashPoint: CrashPoint;
  private failure: LedgerUnavailable | undefined;

  /** @throws LedgerUnavailable where it can't be opened now; LedgerDamaged, LedgerFormatRefused. */
  static open(options: SqliteLedgerOptions): SqliteLedger {
    const { path, mode, name = 'ledger' } = options;
    let database: DatabaseSync | undefined;
    const kept = { where: path, name };
    try {
      if (mode === 'read') refuseMissing(kept);
      database = new DatabaseSync(path, { readOnly: mode === 'read', timeout: 5_000 });
      if (mode === 'write') makeReady(database);
      refuseOtherSchema(database, kept);
      if (options.shred === true) database.exec('PRAGMA secure_delete = ON');
      return new SqliteLedger(database, kept, options);
    } catch (error) {
      database?.close();
      throw inWords(error, kept);
    }
  }

  private constructor(
    private readonly database: DatabaseSync,
    private readonly kept: Kept,
    { mode, shred = false, crashPoint = noCrash, disk = (sync) => sync }: SqliteLedgerOptions,
  ) {
    [this.mode, this.shred, this.crashPoint] = [mode, shred, crashPoint];
    this.reads = readsOf(database);
    this.sync = kept.where === ':memory:' ? undefined : disk(syncOfLog(kept.where));
    this.writes = new GroupCommit((write) => this.commit(write), {
      sync: this.sync,
      acknowledge: (error) => this.acknowledge(error),
    });
  }

  async get<T>(key: string): Promise<LedgerRecord<T> | undefined> {
    const row = await this.ask(() => this.reads.get.get(key));
    if (this.unsynced.has(key)) await this.writes.synced();
    return row && this.recordOf<T>(row);
  }

  async put(put: Put): Promise<number> {
    refuseToWrite(this.mode);
    const row = rowOf(put);
    const outcome = await this.ask(() => this.writes.run(() => this.set(row)));
    if (outcome instanceof VersionConflict) throw outcome;
    return outcome;
  }

  async putMany(puts: readonly Put[]): Promise<readonly string[]> {
    refuseToWrite(this.mode);
    const rows = puts.map(rowOf);
    const outcomes = await this.ask(() => this.writes.run(() => rows.map((row) => this.set(row))));
    return outcomes.flatMap((outcome) => (outcome instanceof VersionConflict ? [outcome.key] : []));
  }

  /** One transaction, so one sync for all stages. */
  putInOrder(stages: readonly (readonly Put[])[]): Promise<readonly string[]> {
    return this.putMany(stages.flat());
  }

  async remove(key: string, expected?: number): Promise<void> {
    refuseToWrite(this.mode);
    const conflict = await this.ask(() => this.writes.run(() => this.unset(key, expected)));
    if (conflict) throw conflict;
    if (this.shred) await this.ask(() => this.emptyLog());
  }

  async list<T>(
    prefix: string,
    { after, limit, direction = 'forwards' }: ListOptions = {},
  ): Promise<readonly LedgerRecord<T>[]> {
    const end = prefix + LAST;
    const most = limit ?? -1;
    const rows = await this.ask(() =>
      direction === 'forwards'
        ? this.reads.listForwards.all(prefix, end, after ?? '', most)
        : this.reads.listBackwards.all(prefix, end, after ?? LAST, most),
    );
    await this.syncedUnder(prefix);
    return rows.map((row) => this.recordOf<T>(row));
  }

  async due<T>(prefix: string, at: string, limit: number): Promise<readonly LedgerRecord<T>[]> {
    const slash = prefix.indexOf('/');
    const rows = await this.ask(() =>
      slash === -1
        ? this.reads.dueOfAnyKind.all(instant(at, 'at'), prefix, prefix + LAST, limit)
        : this.reads.due.all(prefix.slice(0, slash), instant(at, 'at'), prefix, prefix + LAST, limit),
    );
    await this.syncedUnder(prefix);
    return rows.map((row) => this.recordOf<T>(row));
  }

  async damages(most: number): Promise<readonly LedgerDamaged[]> {
    const found: LedgerDamaged[] = [];
    try {
      for (const said of integrityFindings(this.database, most))
        found.push(damagedFile(`SQLite says "${said}"`, this.kept));
      for (const row of this.reads.all.iterate()) {
        if (found.length >= most) break;
        try {
          this.recordOf(row);
        } catch (error) {
          if (!(error instanceof LedgerDamaged)) throw error;
          found.push(error);
        }
      }
    } catch (error) {
      const inWordsNow = inWords(error, this.kept);
      if (!(inWordsNow instanceof LedgerDamaged)) throw inWordsNow;
      found.push(inWordsNow);
    }
    return found.slice(0, most);
  }

  async close(): Promise<void> {
    if (!this.database.isOpen) return;
    await this.writes.flush();
    this.sync?.close();
    if (this.database.isOpen) this.database.close();
  }

  /** Nobody acts on what a power cut could still take back. */
  private async syncedUnder(prefix: string): Promise<void> {
    if ([...this.unsynced].some((key) => key.startsWith(prefix))) await this.writes.synced();
  }

  private commit(write: () => void): void {
    if (this.failure !== undefined) throw this.failure;
    transact(this.database, () => {
      write();
      this.crashPoint(`${this.kept.name}: before commit`);
    });
  }

  private acknowledge(error: unknown): void {
    this.unsynced.clear();
    if (error !== undefined) throw (this.failure = stopped(this.kept, error));
    this.crashPoint(`${this.kept.name}: after commit, before answer`);
  }

  /** @throws LedgerUnavailable instead of SQLite's error where the file can't be worked on now. */
  private async ask<R>(work: () => R | Promise<R>): Promise<R> {
    try {
      return await work();
    } catch (error) {
      throw inWords(error, this.kept);
    }
  }

  private recordOf<T>(row: Record<string, unknown>): LedgerRecord<T> {
    const { key, value, version, due_at: dueAt, checksum } = row;
    const stored = {
      key: String(key),
      value: String(value),
      version: Number(version),
      dueAt: dueAt === null ? undefined : String(dueAt),
      checksum: checksum === null ? undefined : Number(checksum),
    };
    return recordFrom<T>(stored, this.kept);
  }

  /** What was overwritten in the file still stands in the log before it, until that is emptied. */
  private emptyLog(): void {
    const busy = this.database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.['busy'];
    if (busy === 1)
      throw new LedgerUnavailable('A reader keeps what was removed on the disk. End it, then remove it again.');
  }

  /** Runs in the group's transaction. */
  private set(row: Row): number | VersionConflict {
    const { key, value, dueAt = null, expected, checksum } = row;
    this.unsynced.add(key);
    const set =
      expected === undefined
        ? this.changes.put.get(key, value, dueAt, checksum)
        : expected === 0
          ? this.changes.insert.get(key, value, dueAt, checksum)
          : this.changes.update.get(value, dueAt, checksum, key, expected);
    return set ? Number(set['version']) : new VersionConflict(key, expected ?? 0, this.versionOf(key));
  }

  /** Runs in the group's transaction. */
  private unset(key: string, expected: number | undefined): VersionConflict | undefined {
    const actual = expected === undefined ? 0 : this.versionOf(key);
    this.unsynced.add(key);
    if (expected !== undefined && actual !== 0 && actual !== expected)
      return new VersionConflict(key, expected, actual);
    this.changes.remove.run(key);
    return undefined;
  }

  /** Prepared late, because a reader may have a file of a format that has no checksums. */
  private get changes(): ReturnType<typeof changesOf> {
    return (this.prepared ??= changesOf(this.database));
  }

  private versionOf(key: string): number {
    return Number(this.changes.version.get(key)?.['version'] ?? 0);
  }
}

/**
 * For files that must be there: a writer would make the file anew, and hide that it was lost. A folder that can't be
 * looked into is another matter. @throws LedgerDamaged
 */
export const refuseMissing = (kept: Kept): void => {
  const { where } = kept;
  if (where === ':memory:' || !existsSync(dirname(where))) return;
  const size = statSync(where, { throwIfNoEntry: false })?.size;
  if (size === undefined) throw new LedgerDamaged(`${where} is missing.`, remedyFor(kept));
  if (size === 0) throw damagedFile('it is empty', kept);
};

const damagedFile = (why: string, kept: Kept, cause?: unknown): LedgerDamaged =>
  new LedgerDamaged(`${kept.where} is damaged: ${why}.`, remedyFor(kept), undefined, { cause });

const inWords = (error: unknown, kept: Kept): unknown => {
  if (isDamaged(error)) return damagedFile(`SQLite says "${errorText(error)}"`, kept, error);
  const why = outOfOrder(error, kept.where);
  return why === undefined ? error : new LedgerUnavailable(why, { cause: error });
};

/** A second sync may succeed and yet have lost what the first one was for. */
const stopped = ({ where }: Kept, cause: unknown): LedgerUnavailable =>
  new LedgerUnavailable(
    `${where} takes no more writes since the disk failed (${errorText(cause)}). Put it right, then start again.`,
    { cause },
  );

const makeReady = (database: DatabaseSync): void => {
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
  transact(database, () => {
    const version = schemaVersion(database);
    if (version === 0) database.exec(SCHEMA);
    if (version === WITHOUT_CHECKSUMS)
      database.exec(`ALTER TABLE records ADD COLUMN checksum INTEGER; PRAGMA user_version = ${SCHEMA_VERSION}`);
  });
};

const schemaVersion = (database: DatabaseSync): number =>
  Number(database.prepare('PRAGMA user_version').get()?.['user_version']);

/** @throws LedgerFormatRefused */
const refuseOtherSchema = (database: DatabaseSync, kept: Kept): void => {
  const version = schemaVersion(database);
  if (version !== SCHEMA_VERSION && version !== WITHOUT_CHECKSUMS)
    throw new LedgerFormatRefused(kept.where, version, SCHEMA_VERSION);
};

const readsOf = (database: DatabaseSync) => {
  const checksum = schemaVersion(database) === WITHOUT_CHECKSUMS ? 'NULL AS checksum' : 'checksum';
  const reading = (rest = ''): StatementSync =>
    database.prepare(`SELECT key, value, version, due_at, ${checksum} FROM records ${rest}`);
  return {
    all: reading(),
    get: reading('WHERE key = ?'),
    listForwards: reading(`WHERE key >= ? AND key < ? AND key > ? ORDER BY key ${BOUND_LIMIT}`),
    listBackwards: reading(`WHERE key >= ? AND key < ? AND key < ? ORDER BY key DESC ${BOUND_LIMIT}`),
    due: reading(`WHERE kind = ? AND due_at <= ? AND key >= ? AND key < ? ORDER BY due_at, key ${BOUND_LIMIT}`),
    dueOfAnyKind: reading(`WHERE due_at <= ? AND key >= ? AND key < ? ORDER BY due_at, key ${BOUND_LIMIT}`),
  };
};

const changesOf = (database: DatabaseSync) => ({
  version: database.prepare('SELECT version FROM records WHERE key = ?'),
  put: database.prepare(`INSERT INTO records (key, value, version, due_at, checksum) VALUES (?, ?, 1, ?, ?)
    ON CONFLICT (key) DO UPDATE
      SET value = excluded.value, version = version + 1, due_at = excluded.due_at, checksum = excluded.checksum
    RETURNING version`),
  insert: database.prepare(`INSERT INTO records (key, value, version, due_at, checksum) VALUES (?, ?, 1, ?, ?)
    ON CONFLICT (key) DO NOTHING RETURNING version`),
  update: database.prepare(`UPDATE records SET value = ?, version = version + 1, due_at = ?, checksum = ?
    WHERE key = ? AND version = ? RETURNING version`),
  remove: database.prepare('DELETE FROM records WHERE key = ?'),
});
