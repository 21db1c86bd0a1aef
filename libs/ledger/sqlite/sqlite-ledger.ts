import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { noCrash, type CrashPoint } from '../../event-sourcing/crash-point.js';
import { stated } from '../../event-sourcing/stated.js';
import { GroupCommit } from '../../sqlite/group-commit.js';
import { outOfOrder } from '../../sqlite/sqlite-errors.js';
import { transact } from '../../sqlite/transaction.js';
import {
  LedgerFormatRefused,
  LedgerUnavailable,
  type Ledger,
  type LedgerRecord,
  type ListOptions,
  type Put,
  VersionConflict,
} from '../ledger.js';
import { instant, LAST, refuseToWrite, type Row, rowOf } from '../row.js';

const SCHEMA_VERSION = 1;

// The kind, up to the first slash, leads the index of due times: what is due of one kind is found without
// stepping over what is due of another.
const SCHEMA = `
  CREATE TABLE records (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL,
    version INTEGER NOT NULL,
    due_at TEXT,
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
}

/**
 * The ledger in one SQLite file. A put is on the disk before its answer. Several processes may open the same file:
 * compare-and-set holds between them too, because each group of writes takes SQLite's write lock first.
 */
export class SqliteLedger implements Ledger {
  private readonly statements: ReturnType<typeof prepare>;

  /** @throws LedgerUnavailable where it can't be opened now; LedgerFormatRefused. */
  static open({ path, mode, shred = false, name = 'ledger', crashPoint = noCrash }: SqliteLedgerOptions): SqliteLedger {
    let database: DatabaseSync | undefined;
    try {
      database = new DatabaseSync(path, { readOnly: mode === 'read', timeout: 5_000 });
      if (mode === 'write') makeReady(database);
      refuseOtherSchema(database, path);
      if (shred) database.exec('PRAGMA secure_delete = ON');
      return new SqliteLedger(database, path, mode, shred, inGroups(database, name, crashPoint));
    } catch (error) {
      database?.close();
      throw inWords(error, path);
    }
  }

  private constructor(
    private readonly database: DatabaseSync,
    private readonly path: string,
    private readonly mode: 'write' | 'read',
    private readonly shred: boolean,
    private readonly writes: GroupCommit,
  ) {
    this.statements = prepare(database);
  }

  async get<T>(key: string): Promise<LedgerRecord<T> | undefined> {
    const row = await this.ask(() => this.statements.get.get(key));
    return row && recordOf<T>(row);
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
        ? this.statements.listForwards.all(prefix, end, after ?? '', most)
        : this.statements.listBackwards.all(prefix, end, after ?? LAST, most),
    );
    return rows.map(recordOf<T>);
  }

  async due<T>(prefix: string, at: string, limit: number): Promise<readonly LedgerRecord<T>[]> {
    const slash = prefix.indexOf('/');
    const rows = await this.ask(() =>
      slash === -1
        ? this.statements.dueOfAnyKind.all(instant(at, 'at'), prefix, prefix + LAST, limit)
        : this.statements.due.all(prefix.slice(0, slash), instant(at, 'at'), prefix, prefix + LAST, limit),
    );
    return rows.map(recordOf<T>);
  }

  async close(): Promise<void> {
    if (!this.database.isOpen) return;
    this.writes.flush();
    this.database.close();
  }

  /** @throws LedgerUnavailable instead of SQLite's error where the file can't be worked on now. */
  private async ask<R>(work: () => R | Promise<R>): Promise<R> {
    try {
      return await work();
    } catch (error) {
      throw inWords(error, this.path);
    }
  }

  /** What was overwritten in the file still stands in the log before it, until that is emptied. */
  private emptyLog(): void {
    const busy = this.database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.['busy'];
    if (busy === 1)
      throw new LedgerUnavailable('A reader keeps what was removed on the disk. End it, then remove it again.');
  }

  /** Runs in the group's transaction. */
  private set(row: Row): number | VersionConflict {
    const { key, value, dueAt = null, expected } = row;
    const set =
      expected === undefined
        ? this.statements.put.get(key, value, dueAt)
        : expected === 0
          ? this.statements.insert.get(key, value, dueAt)
          : this.statements.update.get(value, dueAt, key, expected);
    return set ? Number(set['version']) : new VersionConflict(key, expected ?? 0, this.versionOf(key));
  }

  /** Runs in the group's transaction. */
  private unset(key: string, expected: number | undefined): VersionConflict | undefined {
    const actual = expected === undefined ? 0 : this.versionOf(key);
    if (expected !== undefined && actual !== 0 && actual !== expected)
      return new VersionConflict(key, expected, actual);
    this.statements.remove.run(key);
    return undefined;
  }

  private versionOf(key: string): number {
    return Number(this.statements.version.get(key)?.['version'] ?? 0);
  }
}

const recordOf = <T>(row: Record<string, unknown>): LedgerRecord<T> =>
  stated({
    key: String(row['key']),
    value: JSON.parse(String(row['value'])) as T,
    version: Number(row['version']),
    dueAt: row['due_at'] === null ? undefined : String(row['due_at']),
  });

const inWords = (error: unknown, path: string): unknown => {
  const why = outOfOrder(error, path);
  return why === undefined ? error : new LedgerUnavailable(why, { cause: error });
};

const inGroups = (database: DatabaseSync, name: 'ledger' | 'vault', crashPoint: CrashPoint): GroupCommit =>
  new GroupCommit((write) => {
    transact(database, () => {
      write();
      crashPoint(`${name}: before commit`);
    });
    crashPoint(`${name}: after commit, before answer`);
  });

const makeReady = (database: DatabaseSync): void => {
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  transact(database, () => schemaVersion(database) === 0 && database.exec(SCHEMA));
};

const schemaVersion = (database: DatabaseSync): number =>
  Number(database.prepare('PRAGMA user_version').get()?.['user_version']);

/** @throws LedgerFormatRefused */
const refuseOtherSchema = (database: DatabaseSync, path: string): void => {
  const version = schemaVersion(database);
  if (version !== SCHEMA_VERSION) throw new LedgerFormatRefused(path, version, SCHEMA_VERSION);
};

const prepare = (database: DatabaseSync) => {
  const statement = (sql: string): StatementSync => database.prepare(sql);
  const columns = 'SELECT key, value, version, due_at FROM records';
  return {
    get: statement(`${columns} WHERE key = ?`),
    version: statement('SELECT version FROM records WHERE key = ?'),
    put: statement(`INSERT INTO records (key, value, version, due_at) VALUES (?, ?, 1, ?)
      ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = version + 1, due_at = excluded.due_at
      RETURNING version`),
    insert: statement(`INSERT INTO records (key, value, version, due_at) VALUES (?, ?, 1, ?)
      ON CONFLICT (key) DO NOTHING RETURNING version`),
    update: statement(`UPDATE records SET value = ?, version = version + 1, due_at = ?
      WHERE key = ? AND version = ? RETURNING version`),
    remove: statement('DELETE FROM records WHERE key = ?'),
    listForwards: statement(`${columns} WHERE key >= ? AND key < ? AND key > ? ORDER BY key LIMIT ?`),
    listBackwards: statement(`${columns} WHERE key >= ? AND key < ? AND key < ? ORDER BY key DESC LIMIT ?`),
    due: statement(`${columns} WHERE kind = ? AND due_at <= ? AND key >= ? AND key < ? ORDER BY due_at, key LIMIT ?`),
    dueOfAnyKind: statement(`${columns} WHERE due_at <= ? AND key >= ? AND key < ? ORDER BY due_at, key LIMIT ?`),
  };
};
