import { existsSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { LRUCache } from 'lru-cache';
import { type CrashPoint, noCrash } from '../../event-sourcing/crash-point.js';
import type { Document } from '../../event-sourcing/projection.js';
import type {
  CollectionShape,
  Flush,
  Generation,
  GenerationChoice,
  GenerationStamp,
  Group,
  GroupQuery,
  Page,
  Query,
  ReadStore,
  StoredDocument,
} from '../read-store.js';
import { tableOf } from './columns.js';
import { FlushWriter } from './flush-writer.js';
import { Generations } from './generations.js';
import { groupRead } from './group-query.js';
import { pageQuery } from './page-query.js';
import { SCHEMA, SCHEMA_VERSION } from './schema.js';
import { takeWriterLock } from './writer-lock.js';

const SCAN_BATCH = 1_000;

export interface SqliteReadStoreOptions {
  /** A file, or ':memory:'. */
  readonly path: string;
  readonly mode: 'write' | 'read';
  /** False where the process holds the lock by another connection, as a worker that builds does. Default true. */
  readonly lock?: boolean;
  /** It is dropped after use: nothing of it is ever synced, so it never keeps the disk from what is served. */
  readonly passing?: true;
  readonly crashPoint?: CrashPoint;
}

/**
 * Read models in one SQLite file: a table for each collection of each build, with a column for each declared field.
 *
 * A commit is not synced (synchronous = NORMAL): a power cut may take the last flushes, documents and checkpoints
 * together, and what is lost is folded again from history. It can't damage the file, as OFF could.
 */
export class SqliteReadStore implements ReadStore {
  private readonly generationsOf: Generations;
  private readonly writers = new Map<number, FlushWriter>();
  private readonly statements = new LRUCache<string, StatementSync>({ max: 200 });

  static open({ path, mode, lock = true, passing, crashPoint = noCrash }: SqliteReadStoreOptions): SqliteReadStore {
    if (mode === 'read' && !existsSync(path))
      throw new Error(`There is no read store at ${path}. It is made when Amends first runs with this folder.`);
    const unlock = mode === 'write' && lock && path !== ':memory:' ? takeWriterLock(path) : () => undefined;
    let database: DatabaseSync | undefined;
    try {
      database = new DatabaseSync(path, { readOnly: mode === 'read', timeout: 10_000 });
      if (mode === 'write') makeReady(database);
      // What is sorted to make an index spills to a file, so that memory does not grow with history.
      database.exec('PRAGMA cache_size = -65536; PRAGMA mmap_size = 1073741824; PRAGMA temp_store = FILE;');
      if (passing) database.exec('PRAGMA synchronous = OFF');
      refuseOtherSchema(database, path);
      return new SqliteReadStore(database, mode, crashPoint, unlock);
    } catch (error) {
      database?.close();
      unlock();
      throw error;
    }
  }

  private constructor(
    private readonly database: DatabaseSync,
    private readonly mode: 'write' | 'read',
    private readonly crashPoint: CrashPoint,
    private readonly unlock: () => void,
  ) {
    this.generationsOf = new Generations(database, (work) => this.transact(work), crashPoint);
  }

  async begin(collections: readonly CollectionShape[], stamp: GenerationStamp): Promise<Generation> {
    return this.generationsOf.begin(collections, stamp);
  }

  async ready(generation: number): Promise<void> {
    this.generationsOf.ready(generation);
  }

  async switchTo(generation: number, expected: number | undefined): Promise<void> {
    this.generationsOf.switchTo(generation, expected);
  }

  async release(generation: number): Promise<void> {
    this.writers.delete(generation);
    this.generationsOf.release(generation);
  }

  async generations(): Promise<readonly Generation[]> {
    return this.generationsOf.all();
  }

  async live(): Promise<Generation | undefined> {
    return this.generationsOf.live();
  }

  async flush(generation: number, flush: Flush): Promise<void> {
    const writer = this.writerOf(generation);
    this.transact(() => writer.write(flush));
    this.crashPoint('read-store: flushed');
  }

  async checkpoints(generation: number): Promise<ReadonlyMap<number, string>> {
    const { id } = this.generationsOf.get(generation);
    const rows = this.statement(
      'SELECT shard, position FROM amends_checkpoints WHERE generation = ? ORDER BY shard',
    ).all(id);
    return new Map(rows.map((row) => [Number(row['shard']), String(row['position'])]));
  }

  async load(
    generation: number,
    collection: string,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, StoredDocument>> {
    const { name } = this.generationsOf.shape(generation, collection);
    const rows = this.statement(
      `SELECT id, shard, position, document FROM ${tableOf(generation, name)}
       WHERE id IN (SELECT value FROM json_each(?))`,
    ).all(JSON.stringify(ids));
    return new Map(rows.map((row) => [String(row['id']), storedOf(row)]));
  }

  async get(
    collection: string,
    id: string,
    generation: GenerationChoice = 'live',
  ): Promise<StoredDocument | undefined> {
    return this.snapshot(() => {
      const chosen = this.generationsOf.chosen(generation);
      const { name } = this.generationsOf.shape(chosen, collection);
      const sql = `SELECT id, shard, position, document FROM ${tableOf(chosen, name)} WHERE id = ?`;
      const row = this.statement(sql).get(id);
      return row && storedOf(row);
    });
  }

  async find(collection: string, query: Query, generation: GenerationChoice = 'live'): Promise<Page> {
    return this.snapshot(() => {
      const chosen = this.generationsOf.chosen(generation);
      const { limit, reads, cursorAfter } = pageQuery(chosen, this.generationsOf.shape(chosen, collection), query);
      const rows: Record<string, unknown>[] = [];
      // One more than asked for tells whether there is more.
      for (const { text, values } of reads) {
        if (rows.length > limit) break;
        rows.push(...this.statement(text).all(...values, limit + 1 - rows.length));
      }
      const last = rows.length > limit ? rows[limit - 1] : undefined;
      const documents = rows.slice(0, limit).map((row) => ({ ...documentOf(row), id: String(row['id']) }));
      return last ? { documents, next: cursorAfter(last) } : { documents };
    });
  }

  async group(collection: string, query: GroupQuery, generation: GenerationChoice = 'live'): Promise<readonly Group[]> {
    return this.snapshot(() => {
      const chosen = this.generationsOf.chosen(generation);
      const { text, values, groupOf } = groupRead(chosen, this.generationsOf.shape(chosen, collection), query);
      const statement = this.statement(text);
      statement.setReturnArrays(true);
      return (statement.all(...values) as unknown as (readonly unknown[])[]).map(groupOf);
    });
  }

  async *scan(
    collection: string,
    { shard, generation = 'live' }: { shard?: number; generation?: GenerationChoice } = {},
  ): AsyncIterable<readonly StoredDocument[]> {
    const chosen = this.generationsOf.chosen(generation);
    const { name } = this.generationsOf.shape(chosen, collection);
    const ofShard = shard === undefined ? '' : 'shard = ? AND ';
    const sql = `SELECT id, shard, position, document FROM ${tableOf(chosen, name)}
      WHERE ${ofShard}id > ? ORDER BY id LIMIT ${SCAN_BATCH}`;
    for (let after = ''; ;) {
      const rows = this.statement(sql).all(...(shard === undefined ? [after] : [shard, after]));
      if (rows.length > 0) yield rows.map(storedOf);
      if (rows.length < SCAN_BATCH) return;
      after = String(rows.at(-1)?.['id']);
    }
  }

  async close(): Promise<void> {
    if (!this.database.isOpen) return;
    this.database.close();
    this.unlock();
  }

  private writerOf(generation: number): FlushWriter {
    let writer = this.writers.get(generation);
    if (!writer) {
      const { id, collections } = this.generationsOf.get(generation);
      writer = new FlushWriter(this.database, id, collections, this.crashPoint);
      this.writers.set(generation, writer);
    }
    return writer;
  }

  private statement(sql: string): StatementSync {
    let statement = this.statements.get(sql);
    if (!statement) {
      statement = this.database.prepare(sql);
      this.statements.set(sql, statement);
    }
    return statement;
  }

  private transact<R>(work: () => R): R {
    if (this.mode === 'read')
      throw new Error('This read store was opened for reading. Open it with mode write to change it.');
    return this.within('BEGIN IMMEDIATE', work);
  }

  /** All reads of one question see one state, whoever writes meanwhile. */
  private snapshot<R>(work: () => R): R {
    return this.within('BEGIN', work);
  }

  private within<R>(begin: string, work: () => R): R {
    this.statement(begin).run();
    try {
      const result = work();
      this.statement('COMMIT').run();
      return result;
    } catch (error) {
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      throw error;
    }
  }
}

const documentOf = (row: Record<string, unknown>): Document => JSON.parse(String(row['document'])) as Document;

const storedOf = (row: Record<string, unknown>): StoredDocument => ({
  id: String(row['id']),
  shard: Number(row['shard']),
  position: String(row['position']),
  document: documentOf(row),
});

const schemaVersion = (database: DatabaseSync): number =>
  Number(database.prepare('PRAGMA user_version').get()?.['user_version']);

const makeReady = (database: DatabaseSync): void => {
  // Documents are long: on larger pages fewer of them overflow, and a build takes a sixth less of the processor.
  database.exec('PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
  database.exec('BEGIN IMMEDIATE');
  if (schemaVersion(database) === 0) database.exec(SCHEMA);
  database.exec('COMMIT');
};

const refuseOtherSchema = (database: DatabaseSync, path: string): void => {
  const version = schemaVersion(database);
  if (version !== SCHEMA_VERSION)
    throw new Error(
      `${path} has read store format ${version}; this version of Amends reads format ${SCHEMA_VERSION}. Move the file away: it is built again from history.`,
    );
};
