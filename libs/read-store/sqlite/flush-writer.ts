import type { StatementSync } from 'node:sqlite';
import type { CrashPoint } from '../../event-sourcing/crash-point.js';
import type { Document } from '../../event-sourcing/projection.js';
import type { CollectionShape, Flush } from '../read-store.js';
import { CHECKPOINTS, REMOVED, type SqlValue, tableOf } from './columns.js';
import type { Connection } from './connection.js';
import { ID, POSITION, type Rows } from './rows.js';

type Write = Flush['writes'][number];

/** Writes batches into one build. */
export class FlushWriter {
  private readonly collections = new Map<string, CollectionWriter>();
  private readonly anyRemoved: StatementSync;
  private readonly remember: StatementSync;
  private readonly checkpoint: StatementSync;

  constructor(
    connection: Connection,
    private readonly generation: number,
    shapes: readonly CollectionShape[],
    rowsOf: (shape: CollectionShape) => Rows,
    private readonly crashPoint: CrashPoint,
  ) {
    const { database } = connection;
    for (const shape of shapes)
      this.collections.set(shape.name, new CollectionWriter(connection, shape, rowsOf(shape)));
    this.anyRemoved = database.prepare(`SELECT 1 FROM ${REMOVED} LIMIT 1`);
    this.remember = database.prepare(`INSERT INTO ${REMOVED} VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET position = excluded.position WHERE excluded.position > position`);
    this.checkpoint = database.prepare(`INSERT INTO ${CHECKPOINTS} SELECT value, ? FROM json_each(?) WHERE TRUE
      ON CONFLICT DO UPDATE SET position = excluded.position WHERE excluded.position > position`);
  }

  /** Guards each row by its position: a late batch changes nothing. Call it in a transaction, with indexes of ids. */
  write(flush: Flush): void {
    let someRemoved = this.anyRemoved.get() !== undefined;
    for (const write of flush.writes) {
      const collection = this.collectionOf(write);
      if (write.document === null) {
        collection.remove(write);
        this.remember.run(write.collection, write.id, write.position);
        someRemoved = true;
      } else collection.put(write, write.document, someRemoved);
    }
    this.end(flush);
  }

  /** For documents that don't exist yet. Call it within a transaction. */
  append(flush: Flush): void {
    for (const write of flush.writes) if (write.document) this.collectionOf(write).append(write, write.document);
    this.end(flush);
  }

  private collectionOf({ collection: name, id }: Write): CollectionWriter {
    if (id === '') throw new TypeError(`A document of ${name} has an empty id. Fix the projection.`);
    const collection = this.collections.get(name);
    if (!collection) throw new TypeError(`Generation ${this.generation} has no read model ${name}.`);
    return collection;
  }

  private end({ shards, position }: Flush): void {
    this.crashPoint('read-store: documents written');
    if (shards.length > 0) this.checkpoint.run(position, JSON.stringify(shards));
    this.crashPoint('read-store: checkpoints written');
  }
}

class CollectionWriter {
  private readonly insert: StatementSync;
  private guards: ReturnType<CollectionWriter['guarded']> | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly shape: CollectionShape,
    private readonly rows: Rows,
  ) {
    this.insert = connection.database.prepare(`${this.into} VALUES (${this.marks})`);
  }

  append(write: Write, document: Document): void {
    this.insert.run(...this.rows.valuesOf(write, document));
  }

  put(write: Write, document: Document, someRemoved: boolean): void {
    const { removal, add, stored } = (this.guards ??= this.guarded());
    if (someRemoved && removal.get(this.shape.name, write.id, write.position)) return;
    const values = this.rows.valuesOf(write, document);
    if (add.run(...values).changes === 1) return;
    const before = stored.get(write.id) as unknown as readonly unknown[];
    if (String(before[POSITION]) < write.position) this.update(values, before);
  }

  remove({ id, position }: Write): void {
    (this.guards ??= this.guarded()).remove.run(id, position);
  }

  /** Only the columns that changed: SQLite rewrites each index of a column that it is told to set. */
  private update(values: readonly SqlValue[], before: readonly unknown[]): void {
    const changed = values.flatMap((value, at) => (at === ID || value === before[at] ? [] : [at]));
    const set = changed.map((at) => `${this.rows.columns[at]} = ?`).join(', ');
    this.connection
      .statement(`UPDATE ${tableOf(this.shape.name)} SET ${set} WHERE id = ?`)
      .run(...changed.map((at) => values[at] ?? null), values[ID] ?? null);
  }

  private get into(): string {
    return `INSERT INTO ${tableOf(this.shape.name)} (${this.rows.columns.join(', ')})`;
  }

  private get marks(): string {
    return this.rows.columns.map(() => '?').join(', ');
  }

  /** Prepared late, because they need the index of ids. */
  private guarded() {
    const { into, marks, rows, shape } = this;
    const { database } = this.connection;
    const table = tableOf(shape.name);
    const stored = database.prepare(`SELECT ${rows.columns.join(', ')} FROM ${table} WHERE id = ?`);
    stored.setReturnArrays(true);
    return {
      add: database.prepare(`${into} VALUES (${marks}) ON CONFLICT (id) DO NOTHING`),
      stored,
      removal: database.prepare(`SELECT 1 FROM ${REMOVED} WHERE collection = ? AND id = ? AND position >= ?`),
      remove: database.prepare(`DELETE FROM ${table} WHERE id = ? AND position < ?`),
    };
  }
}
