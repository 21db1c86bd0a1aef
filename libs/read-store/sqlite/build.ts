import type { CrashPoint } from '../../event-sourcing/crash-point.js';
import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { integrityFindings } from '../../sqlite/integrity.js';
import {
  type CollectionShape,
  type Flush,
  type Generation,
  type Group,
  type GroupQuery,
  type Page,
  type Query,
  ReadStoreDamaged,
  type StoredDocument,
} from '../read-store.js';
import { shapeOf } from '../refusals.js';
import { CHECKPOINTS, type SqlValue, tableOf } from './columns.js';
import { inWords } from './errors.js';
import { Connection, type Mode } from './connection.js';
import { FlushWriter } from './flush-writer.js';
import { groupRead } from './group-query.js';
import { pageQuery } from './page-query.js';
import { type Row, Rows } from './rows.js';
import { buildIndexes, buildSchema, haveIdIndexes, makeIdIndexes, refuseBlank, refuseOtherFormat } from './schema.js';

export const SCAN_BATCH = 1_000;

const PAGE_BYTES = 8192;

/**
 * The log is written back once it is this long. The more commits share that, the fewer pages it writes, and the rarer the
 * two syncs of it.
 */
const LOG_BYTES = 64 * 1024 * 1024;

/** Rows that a check holds at once. */
const CHECKED_AT_ONCE = 1_000;

export interface BuildOptions {
  readonly mode: Mode;
  /** The process drops it after use, so a crash may corrupt it. */
  readonly disposable: boolean;
  readonly crashPoint: CrashPoint;
}

/**
 * One build, in its own file, so that writers of different builds don't wait for each other: a table for each
 * collection, with a column for each declared field.
 *
 * Until it is ready it doesn't sync, so that it takes no disk time from requests, and uses a rollback journal, which
 * writes appended pages once: it survives a killed process, but not a power cut. Then it uses a write-ahead log without
 * sync at commit (synchronous = NORMAL): a power cut can lose the last flushes, documents and checkpoints together,
 * which the follower folds again from history, but can't damage it.
 */
export class Build {
  private readonly shapes: ReadonlyMap<string, CollectionShape>;
  private readonly rows = new Map<string, Rows>();
  private readonly crashPoint: CrashPoint;
  /** Until a read needs them, there are no indexes of ids, and flushes of new shards append. */
  private hasIndexes = false;
  private writer: FlushWriter | undefined;

  private constructor(
    private readonly path: string,
    private readonly connection: Connection,
    private readonly generation: Pick<Generation, 'id' | 'collections'>,
    private readonly options: BuildOptions,
  ) {
    this.shapes = new Map(generation.collections.map((shape) => [shape.name, shape]));
    this.crashPoint = options.crashPoint;
    connection.database.exec(`PRAGMA synchronous = ${isLogged(connection) ? 'NORMAL' : 'OFF'}`);
    // Sorting for an index spills to a file, so that memory doesn't grow with history.
    connection.database.exec('PRAGMA cache_size = -65536; PRAGMA mmap_size = 1073741824; PRAGMA temp_store = FILE');
    connection.database.exec(`PRAGMA wal_autocheckpoint = ${LOG_BYTES / PAGE_BYTES}`);
  }

  /** Makes an empty build in a new file. */
  static make(
    path: string,
    generation: Pick<Generation, 'id' | 'collections' | 'stamp'>,
    options: BuildOptions,
  ): Build {
    const connection = Connection.make(path);
    return connection.closeOnError(() => {
      // A flush writes whole pages, most of them for one entry of an index; on smaller ones more documents overflow.
      const journal = options.disposable ? 'MEMORY' : 'TRUNCATE';
      connection.database.exec(
        `PRAGMA page_size = ${PAGE_BYTES}; PRAGMA journal_mode = ${journal}; PRAGMA synchronous = OFF`,
      );
      connection.transact(() => {
        connection.database.exec(buildSchema(generation.collections));
        connection.database.exec(`PRAGMA application_id = ${markOf(generation)}`);
      });
      return new Build(path, connection, generation, options);
    });
  }

  /** @throws ReadStoreDamaged for another file than the one that was made */
  static open(path: string, generation: Generation, options: BuildOptions): Build {
    try {
      const connection = Connection.open(path, options.mode);
      return connection.closeOnError(() => {
        refuseBlank(connection.database, path, `Build ${generation.id} of the read models`);
        refuseOtherFormat(connection.database, path);
        refuseForeign(connection.database, path, generation);
        return new Build(path, connection, generation, options);
      });
    } catch (error) {
      throw inWords(error, path, `Build ${generation.id} of the read models`);
    }
  }

  /** Makes the indexes one by one, so that it can resume after a crash, and syncs the file. */
  makeReady(): void {
    this.working(() => this.makeIndexes());
  }

  private makeIndexes(): void {
    const { connection, generation, options } = this;
    this.indexIds();
    for (const index of buildIndexes(generation.collections)) {
      connection.database.exec(index);
      this.crashPoint('read-store: index made');
    }
    // Statistics for the query planner, from samples.
    connection.database.exec('PRAGMA analysis_limit = 1000; ANALYZE');
    if (options.disposable) return;
    connection.database.exec('PRAGMA synchronous = FULL; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  }

  flush(flush: Flush): void {
    this.working(() => this.write(flush));
  }

  private write(flush: Flush): void {
    const { connection, generation } = this;
    const canAppend = this.canAppend(flush);
    if (!canAppend) this.indexIds();
    this.writer ??= new FlushWriter(
      connection,
      generation.id,
      generation.collections,
      ({ name }) => this.rowsOf(name),
      this.crashPoint,
    );
    const { writer } = this;
    connection.transact(() => (canAppend ? writer.append(flush) : writer.write(flush)));
    this.crashPoint('read-store: flushed');
  }

  checkpoints(): ReadonlyMap<number, string> {
    const sql = `SELECT shard, position FROM ${CHECKPOINTS} ORDER BY shard`;
    const rows = this.working(() => this.connection.statement(sql).all());
    return new Map(rows.map((row) => [Number(row['shard']), String(row['position'])]));
  }

  load(collection: string, ids: readonly string[]): ReadonlyMap<string, StoredDocument> {
    const sql = `${this.select(collection)} WHERE id IN (SELECT value FROM json_each(?))`;
    const rows = this.rowsOf(collection);
    const found = this.reading(collection, () => this.all(sql, JSON.stringify(ids)));
    return new Map(found.map((row) => [rows.idOf(row), rows.storedOf(row)]));
  }

  get(collection: string, id: string): StoredDocument | undefined {
    const sql = `${this.select(collection)} WHERE id = ?`;
    const [row] = this.reading(collection, () => this.all(sql, id));
    return row && this.rowsOf(collection).storedOf(row);
  }

  find(collection: string, query: Query): Page {
    const rows = this.rowsOf(collection);
    const { limit, reads, cursorAfter } = pageQuery(this.generation.id, this.shape(collection), query, rows);
    const found: Row[] = [];
    this.reading(collection, () =>
      this.connection.snapshot(() => {
        // One more than the limit, to know whether there is a next page.
        for (const { text, values } of reads) {
          if (found.length > limit) break;
          found.push(...this.all(text, ...values, limit + 1 - found.length));
        }
      }),
    );
    const last = found.length > limit ? found[limit - 1] : undefined;
    const documents = found.slice(0, limit).map((row) => ({ ...rows.documentOf(row), id: rows.idOf(row) }));
    return last ? { documents, next: cursorAfter(last) } : { documents };
  }

  group(collection: string, query: GroupQuery): readonly Group[] {
    const { text, values, groupOf } = groupRead(this.shape(collection), query);
    return this.reading(collection, () => this.all(text, ...values)).map(groupOf);
  }

  /** At most SCAN_BATCH documents after an id, in id order. */
  after(id: string, collection: string, shard: number | undefined): readonly StoredDocument[] {
    const ofShard = shard === undefined ? '' : 'shard = ? AND ';
    const sql = `${this.select(collection)} WHERE ${ofShard}id > ? ORDER BY id LIMIT ${SCAN_BATCH}`;
    const values = shard === undefined ? [id] : [shard, id];
    const rows = this.rowsOf(collection);
    return this.reading(collection, () => this.all(sql, ...values)).map((row) => rows.storedOf(row));
  }

  damages(most: number): readonly ReadStoreDamaged[] {
    const found: ReadStoreDamaged[] = [];
    const { database } = this.connection;
    const note = (check: () => void): void => {
      try {
        check();
      } catch (error) {
        if (!(error instanceof ReadStoreDamaged)) throw error;
        found.push(error);
      }
    };
    note(() => {
      for (const said of this.working(() => integrityFindings(database, most)))
        found.push(new ReadStoreDamaged(`${this.name} is damaged: SQLite says "${said}".`, this.path));
    });
    for (const shape of this.generation.collections)
      note(() => {
        for (const row of this.everyRow(shape))
          if (found.length < most) note(() => this.rowsOf(shape.name).refuseDamaged(row));
      });
    return found.slice(0, most);
  }

  close(): void {
    this.connection.close();
  }

  /** Whether none of its documents can exist yet. */
  private canAppend({ shards, writes }: Flush): boolean {
    if (this.areIdsIndexed() || shards.length === 0) return false;
    const read = this.checkpoints();
    return !shards.some((shard) => read.has(shard)) && writes.every(({ document }) => document !== null);
  }

  /** Another connection may have made the indexes. */
  private areIdsIndexed(): boolean {
    return (this.hasIndexes ||= haveIdIndexes(this.connection.database, this.generation.collections));
  }

  private indexIds(): void {
    const { connection, generation, options } = this;
    if (options.mode === 'read' || this.areIdsIndexed()) return;
    connection.transact(() => {
      if (!this.areIdsIndexed()) makeIdIndexes(connection.database, generation.collections);
    });
  }

  /** In the order of the table, which needs no index. */
  private *everyRow({ name }: CollectionShape): Generator<Row> {
    const sql = `SELECT ${this.rowsOf(name).columns.join(', ')}, rowid FROM ${tableOf(name)}
      WHERE rowid > ? ORDER BY rowid LIMIT ${CHECKED_AT_ONCE}`;
    for (let after = 0; ;) {
      const rows = this.reading(name, () => this.all(sql, after));
      yield* rows;
      const last = rows.at(-1);
      if (last === undefined) return;
      after = Number(last.at(-1));
    }
  }

  private all(sql: string, ...values: SqlValue[]): readonly Row[] {
    const statement = this.connection.statement(sql);
    statement.setReturnArrays(true);
    return statement.all(...values) as unknown as readonly Row[];
  }

  /** The work's result. @throws ReadStoreDamaged, ReadStoreUnavailable for SQLite's errors */
  private reading<R>(collection: string, work: () => R): R {
    return this.working(() => {
      this.indexIds();
      return work();
    }, `Read model ${collection}`);
  }

  private working<R>(work: () => R, what = this.name): R {
    try {
      return work();
    } catch (error) {
      throw inWords(error, this.path, what);
    }
  }

  private get name(): string {
    return `Build ${this.generation.id} of the read models`;
  }

  private select(collection: string): string {
    return `SELECT ${this.rowsOf(collection).columns.join(', ')} FROM ${tableOf(collection)}`;
  }

  private shape(collection: string): CollectionShape {
    return shapeOf(this.shapes, collection);
  }

  private rowsOf(collection: string): Rows {
    let rows = this.rows.get(collection);
    if (rows === undefined) this.rows.set(collection, (rows = new Rows(this.shape(collection), this.path)));
    return rows;
  }
}

const isLogged = (connection: Connection): boolean =>
  connection.database.prepare('PRAGMA journal_mode').get()?.['journal_mode'] === 'wal';

/** Ties a build's file to its entry in the register. */
const markOf = ({ stamp }: Pick<Generation, 'stamp'>): number => crc32(JSON.stringify(stamp)) & 0x7fffffff;

/** @throws ReadStoreDamaged for the build of another store, or of another time. Older versions left no mark. */
const refuseForeign = (database: DatabaseSync, path: string, generation: Generation): void => {
  const mark = Number(database.prepare('PRAGMA application_id').get()?.['application_id']);
  if (mark === 0 || mark === markOf(generation)) return;
  throw new ReadStoreDamaged(
    `Build ${generation.id} of the read models is another than the one that was made: its file is of another store or another time.`,
    path,
  );
};
