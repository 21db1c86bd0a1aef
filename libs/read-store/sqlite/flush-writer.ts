import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { CrashPoint } from '../../event-sourcing/crash-point.js';
import type { Document } from '../../event-sourcing/projection.js';
import type { CollectionShape, Flush } from '../read-store.js';
import { CHECKPOINTS, columnOf, columnValues, REMOVED, type SqlValue, tableOf } from './columns.js';

type Write = Flush['writes'][number];

/** Writes batches into one build. */
export class FlushWriter {
  private readonly collections = new Map<string, CollectionWriter>();
  private readonly anyRemoved: StatementSync;
  private readonly remember: StatementSync;
  private readonly checkpoint: StatementSync;

  constructor(
    database: DatabaseSync,
    private readonly generation: number,
    shapes: readonly CollectionShape[],
    private readonly crashPoint: CrashPoint,
  ) {
    for (const shape of shapes) this.collections.set(shape.name, new CollectionWriter(database, shape));
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
  private readonly into: string;
  private readonly columns: readonly string[];
  private readonly insert: StatementSync;
  private readonly values: ReturnType<typeof columnValues>;
  private guards: ReturnType<CollectionWriter['guarded']> | undefined;

  constructor(
    private readonly database: DatabaseSync,
    private readonly shape: CollectionShape,
  ) {
    this.columns = ['id', 'shard', 'position', 'document', ...Object.keys(shape.fields).map(columnOf)];
    this.into = `INSERT INTO ${tableOf(shape.name)} (${this.columns.join(', ')})`;
    this.insert = database.prepare(`${this.into} VALUES (${this.marks})`);
    this.values = columnValues(shape);
  }

  append(write: Write, document: Document): void {
    this.insert.run(...this.row(write, document));
  }

  put(write: Write, document: Document, someRemoved: boolean): void {
    const { upsert, upsertUnlessRemoved } = (this.guards ??= this.guarded());
    (someRemoved ? upsertUnlessRemoved : upsert).run(...this.row(write, document));
  }

  remove({ id, position }: Write): void {
    (this.guards ??= this.guarded()).removal.run(id, position);
  }

  private row({ id, shard, position }: Write, document: Document): SqlValue[] {
    return [id, shard, position, JSON.stringify(document), ...this.values(id, document)];
  }

  private get marks(): string {
    return this.columns.map((_, index) => `?${index + 1}`).join(', ');
  }

  /** Prepared late, because they need the index of ids. */
  private guarded() {
    const { database, into, marks, columns, shape } = this;
    const update = columns.slice(1).map((column) => `${column} = excluded.${column}`);
    const unlessOlder = `ON CONFLICT (id) DO UPDATE SET ${update.join(', ')} WHERE excluded.position > position`;
    return {
      upsert: database.prepare(`${into} VALUES (${marks}) ${unlessOlder}`),
      upsertUnlessRemoved: database.prepare(`${into} SELECT ${marks} WHERE NOT EXISTS
        (SELECT 1 FROM ${REMOVED} WHERE collection = '${shape.name}' AND id = ?1 AND position >= ?3)
        ${unlessOlder}`),
      removal: database.prepare(`DELETE FROM ${tableOf(shape.name)} WHERE id = ? AND position < ?`),
    };
  }
}
