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
  QueryRefused,
  type StoredDocument,
} from '../read-store.js';
import { CHECKPOINTS, tableOf } from './columns.js';
import { Connection, type Mode } from './connection.js';
import { FlushWriter } from './flush-writer.js';
import { groupRead } from './group-query.js';
import { haveIdIndexes, makeIdIndexes } from './id-indexes.js';
import { pageQuery } from './page-query.js';
import { buildIndexes, buildSchema, refuseOtherFormat } from './schema.js';

export const SCAN_BATCH = 1_000;

export interface BuildOptions {
  readonly mode: Mode;
  /** It is dropped after use: a crash may spoil it. */
  readonly passing: boolean;
  readonly crashPoint: CrashPoint;
}

/**
 * One build, in a file of its own, so that whoever writes one never waits for who writes another: a table for each
 * collection, with a column for each declared field.
 *
 * Until it is ready nothing of it is synced, so that it never keeps the disk from what is served, and a rollback journal
 * is kept, which writes what is appended once: ended by force it goes on from its last flush, but a power cut may damage
 * it. From then on it has a write-ahead log, whose commits are not synced (synchronous = NORMAL): a power cut may take
 * the last flushes, documents and checkpoints together, which are folded again from history, but can't damage it.
 */
export class Build {
  private readonly shapes: ReadonlyMap<string, CollectionShape>;
  private readonly crashPoint: CrashPoint;
  /** Until something is looked for, there are no indexes of ids, and shards that were never read are appended. */
  private findable = false;
  private writer: FlushWriter | undefined;

  private constructor(
    private readonly connection: Connection,
    private readonly generation: Pick<Generation, 'id' | 'collections'>,
    private readonly options: BuildOptions,
  ) {
    this.shapes = new Map(generation.collections.map((shape) => [shape.name, shape]));
    this.crashPoint = options.crashPoint;
    connection.database.exec(`PRAGMA synchronous = ${isLogged(connection) ? 'NORMAL' : 'OFF'}`);
    // What is sorted to make an index spills to a file, so that memory does not grow with history.
    connection.database.exec('PRAGMA cache_size = -65536; PRAGMA mmap_size = 1073741824; PRAGMA temp_store = FILE');
  }

  /** Empty, in a file that is made. @throws TypeError where a shape can't be kept. */
  static make(path: string, generation: Pick<Generation, 'id' | 'collections'>, options: BuildOptions): Build {
    const connection = Connection.make(path);
    return connection.orClosed(() => {
      // Documents are long: on larger pages fewer of them overflow, and a build takes a sixth less of the processor.
      const journal = options.passing ? 'MEMORY' : 'TRUNCATE';
      connection.database.exec(`PRAGMA page_size = 16384; PRAGMA journal_mode = ${journal}; PRAGMA synchronous = OFF`);
      connection.transact(() => connection.database.exec(buildSchema(generation.collections)));
      return new Build(connection, generation, options);
    });
  }

  static open(path: string, generation: Generation, options: BuildOptions): Build {
    const connection = Connection.open(path, options.mode);
    return connection.orClosed(() => {
      refuseOtherFormat(connection.database, path);
      return new Build(connection, generation, options);
    });
  }

  /** Each index is a step of its own: made half-way, it goes on with those that are left. Then all of it is synced. */
  makeReady(): void {
    const { connection, generation, options } = this;
    this.makeFindable();
    for (const index of buildIndexes(generation.collections)) {
      connection.database.exec(index);
      this.crashPoint('read-store: index made');
    }
    // What the planner must know of how values are spread, from samples.
    connection.database.exec('PRAGMA analysis_limit = 1000; ANALYZE');
    if (options.passing) return;
    connection.database.exec('PRAGMA synchronous = FULL; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  }

  flush(flush: Flush): void {
    const { connection, generation } = this;
    const isAppended = this.isAppended(flush);
    if (!isAppended) this.makeFindable();
    this.writer ??= new FlushWriter(connection.database, generation.id, generation.collections, this.crashPoint);
    const { writer } = this;
    connection.transact(() => (isAppended ? writer.append(flush) : writer.write(flush)));
    this.crashPoint('read-store: flushed');
  }

  checkpoints(): ReadonlyMap<number, string> {
    const rows = this.connection.statement(`SELECT shard, position FROM ${CHECKPOINTS} ORDER BY shard`).all();
    return new Map(rows.map((row) => [Number(row['shard']), String(row['position'])]));
  }

  load(collection: string, ids: readonly string[]): ReadonlyMap<string, StoredDocument> {
    this.makeFindable();
    const sql = `${this.select(collection)} WHERE id IN (SELECT value FROM json_each(?))`;
    const rows = this.connection.statement(sql).all(JSON.stringify(ids));
    return new Map(rows.map((row) => [String(row['id']), storedOf(row)]));
  }

  get(collection: string, id: string): StoredDocument | undefined {
    this.makeFindable();
    const row = this.connection.statement(`${this.select(collection)} WHERE id = ?`).get(id);
    return row && storedOf(row);
  }

  find(collection: string, query: Query): Page {
    this.makeFindable();
    const { limit, reads, cursorAfter } = pageQuery(this.generation.id, this.shape(collection), query);
    const rows: Record<string, unknown>[] = [];
    this.connection.snapshot(() => {
      // One more than asked for tells whether there is more.
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
    this.makeFindable();
    const { text, values, groupOf } = groupRead(this.shape(collection), query);
    const statement = this.connection.statement(text);
    statement.setReturnArrays(true);
    return (statement.all(...values) as unknown as (readonly unknown[])[]).map(groupOf);
  }

  /** At most SCAN_BATCH documents that stand after an id, in id order. */
  after(id: string, collection: string, shard: number | undefined): readonly StoredDocument[] {
    this.makeFindable();
    const ofShard = shard === undefined ? '' : 'shard = ? AND ';
    const sql = `${this.select(collection)} WHERE ${ofShard}id > ? ORDER BY id LIMIT ${SCAN_BATCH}`;
    const rows = this.connection.statement(sql).all(...(shard === undefined ? [id] : [shard, id]));
    return rows.map(storedOf);
  }

  close(): void {
    this.connection.close();
  }

  /** Whether nothing of it can be there yet, so that it is appended without a look. */
  private isAppended({ shards, writes }: Flush): boolean {
    if (this.isFindable() || shards.length === 0) return false;
    const read = this.checkpoints();
    return !shards.some((shard) => read.has(shard)) && writes.every(({ document }) => document !== null);
  }

  /** Another connection may have made it so. */
  private isFindable(): boolean {
    return (this.findable ||= haveIdIndexes(this.connection.database, this.generation.collections));
  }

  private makeFindable(): void {
    const { connection, generation, options } = this;
    if (options.mode === 'read' || this.isFindable()) return;
    connection.transact(() => {
      if (!this.isFindable()) makeIdIndexes(connection.database, generation.collections);
    });
  }

  private select(collection: string): string {
    return `SELECT id, shard, position, document FROM ${tableOf(this.shape(collection).name)}`;
  }

  /** @throws QueryRefused where the build has no such read model. */
  private shape(collection: string): CollectionShape {
    const shape = this.shapes.get(collection);
    if (shape) return shape;
    const names = [...this.shapes.values()].filter(({ internal }) => !internal).map(({ name }) => name);
    throw new QueryRefused(`There is no read model ${JSON.stringify(collection)}. They are ${names.join(', ')}.`);
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
