import type { CrashPoint } from '../../event-sourcing/crash-point.js';
import type { Document } from '../../event-sourcing/projection.js';
import {
  type CollectionShape,
  type Flush,
  type Generation,
  type Group,
  type GroupQuery,
  type Page,
  type Query,
  type StoredDocument,
} from '../read-store.js';
import { shapeOf } from '../refusals.js';
import { CHECKPOINTS, tableOf } from './columns.js';
import { Connection, type Mode } from './connection.js';
import { FlushWriter } from './flush-writer.js';
import { groupRead } from './group-query.js';
import { pageQuery } from './page-query.js';
import { buildIndexes, buildSchema, haveIdIndexes, makeIdIndexes, refuseOtherFormat } from './schema.js';

export const SCAN_BATCH = 1_000;

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
  private readonly crashPoint: CrashPoint;
  /** Until a read needs them, there are no indexes of ids, and flushes of new shards append. */
  private hasIndexes = false;
  private writer: FlushWriter | undefined;

  private constructor(
    private readonly connection: Connection,
    private readonly generation: Pick<Generation, 'id' | 'collections'>,
    private readonly options: BuildOptions,
  ) {
    this.shapes = new Map(generation.collections.map((shape) => [shape.name, shape]));
    this.crashPoint = options.crashPoint;
    connection.database.exec(`PRAGMA synchronous = ${isLogged(connection) ? 'NORMAL' : 'OFF'}`);
    // Sorting for an index spills to a file, so that memory doesn't grow with history.
    connection.database.exec('PRAGMA cache_size = -65536; PRAGMA mmap_size = 1073741824; PRAGMA temp_store = FILE');
  }

  /** Makes an empty build in a new file. */
  static make(path: string, generation: Pick<Generation, 'id' | 'collections'>, options: BuildOptions): Build {
    const connection = Connection.make(path);
    return connection.closeOnError(() => {
      // On larger pages fewer of the long documents overflow, and a build takes a sixth less CPU time.
      const journal = options.disposable ? 'MEMORY' : 'TRUNCATE';
      connection.database.exec(`PRAGMA page_size = 16384; PRAGMA journal_mode = ${journal}; PRAGMA synchronous = OFF`);
      connection.transact(() => connection.database.exec(buildSchema(generation.collections)));
      return new Build(connection, generation, options);
    });
  }

  static open(path: string, generation: Generation, options: BuildOptions): Build {
    const connection = Connection.open(path, options.mode);
    return connection.closeOnError(() => {
      refuseOtherFormat(connection.database, path);
      return new Build(connection, generation, options);
    });
  }

  /** Makes the indexes one by one, so that it can resume after a crash, and syncs the file. */
  makeReady(): void {
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
    const { connection, generation } = this;
    const canAppend = this.canAppend(flush);
    if (!canAppend) this.indexIds();
    this.writer ??= new FlushWriter(connection.database, generation.id, generation.collections, this.crashPoint);
    const { writer } = this;
    connection.transact(() => (canAppend ? writer.append(flush) : writer.write(flush)));
    this.crashPoint('read-store: flushed');
  }

  checkpoints(): ReadonlyMap<number, string> {
    const rows = this.connection.statement(`SELECT shard, position FROM ${CHECKPOINTS} ORDER BY shard`).all();
    return new Map(rows.map((row) => [Number(row['shard']), String(row['position'])]));
  }

  load(collection: string, ids: readonly string[]): ReadonlyMap<string, StoredDocument> {
    this.indexIds();
    const sql = `${this.select(collection)} WHERE id IN (SELECT value FROM json_each(?))`;
    const rows = this.connection.statement(sql).all(JSON.stringify(ids));
    return new Map(rows.map((row) => [String(row['id']), storedOf(row)]));
  }

  get(collection: string, id: string): StoredDocument | undefined {
    this.indexIds();
    const row = this.connection.statement(`${this.select(collection)} WHERE id = ?`).get(id);
    return row && storedOf(row);
  }

  find(collection: string, query: Query): Page {
    this.indexIds();
    const { limit, reads, cursorAfter } = pageQuery(this.generation.id, this.shape(collection), query);
    const rows: Record<string, unknown>[] = [];
    this.connection.snapshot(() => {
      // One more than the limit, to know whether there is a next page.
      for (const { text, values } of reads) {
        if (rows.length > limit) break;
        rows.push(...this.connection.statement(text).all(...values, limit + 1 - rows.length));
      }
    });
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    const documents = rows.slice(0, limit).map((row) => ({ ...documentOf(row), id: String(row['id']) }));
    return last ? { documents, next: cursorAfter(last) } : { documents };
  }

  group(collection: string, query: GroupQuery): readonly Group[] {
    this.indexIds();
    const { text, values, groupOf } = groupRead(this.shape(collection), query);
    const statement = this.connection.statement(text);
    statement.setReturnArrays(true);
    return (statement.all(...values) as unknown as (readonly unknown[])[]).map(groupOf);
  }

  /** At most SCAN_BATCH documents after an id, in id order. */
  after(id: string, collection: string, shard: number | undefined): readonly StoredDocument[] {
    this.indexIds();
    const ofShard = shard === undefined ? '' : 'shard = ? AND ';
    const sql = `${this.select(collection)} WHERE ${ofShard}id > ? ORDER BY id LIMIT ${SCAN_BATCH}`;
    const rows = this.connection.statement(sql).all(...(shard === undefined ? [id] : [shard, id]));
    return rows.map(storedOf);
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

  private select(collection: string): string {
    return `SELECT id, shard, position, document FROM ${tableOf(this.shape(collection).name)}`;
  }

  private shape(collection: string): CollectionShape {
    return shapeOf(this.shapes, collection);
  }
}

const isLogged = (connection: Connection): boolean =>
  connection.database.prepare('PRAGMA journal_mode').get()?.['journal_mode'] === 'wal';

const documentOf = (row: Record<string, unknown>): Document => JSON.parse(String(row['document'])) as Document;

const storedOf = (row: Record<string, unknown>): StoredDocument => ({
  id: String(row['id']),
  shard: Number(row['shard']),
  position: String(row['position']),
  document: documentOf(row),
});
