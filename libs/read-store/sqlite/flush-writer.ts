import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { CrashPoint } from '../../event-sourcing/crash-point.js';
import type { CollectionShape, Flush } from '../read-store.js';
import { CHECKPOINTS, columnOf, columnValues, REMOVED, tableOf } from './columns.js';

type Write = Flush['writes'][number];

/**
 * Writes batches into one build. Each row is guarded by its position, so a batch delivered again, or late, changes
 * nothing.
 */
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

  /** To be called within a transaction. */
  write({ shards, position, writes }: Flush): void {
    let someRemoved = this.anyRemoved.get() !== undefined;
    for (const write of writes) {
      if (write.id === '')
        throw new TypeError(`A document of ${write.collection} has an empty id. Right the projection.`);
      const collection = this.collections.get(write.collection);
      if (!collection) throw new TypeError(`Generation ${this.generation} has no read model ${write.collection}.`);
      if (write.document === null) {
        collection.remove(write);
        this.remember.run(write.collection, write.id, write.position);
        someRemoved = true;
      } else collection.put(write, write.document, someRemoved);
    }
    this.crashPoint('read-store: documents written');
    if (shards.length > 0) this.checkpoint.run(position, JSON.stringify(shards));
    this.crashPoint('read-store: checkpoints written');
  }
}

class CollectionWriter {
  private readonly upsert: StatementSync;
  private readonly upsertUnlessRemoved: StatementSync;
  private readonly removal: StatementSync;
  private readonly values: ReturnType<typeof columnValues>;

  constructor(database: DatabaseSync, shape: CollectionShape) {
    const table = tableOf(shape.name);
    const columns = ['id', 'shard', 'position', 'document', ...Object.keys(shape.fields).map(columnOf)];
    const marks = columns.map((_, index) => `?${index + 1}`).join(', ');
    const into = `INSERT INTO ${table} (${columns.join(', ')})`;
    const guarded = `ON CONFLICT (id) DO UPDATE SET
      ${columns
        .slice(1)
        .map((column) => `${column} = excluded.${column}`)
        .join(', ')}
      WHERE excluded.position > position`;
    this.upsert = database.prepare(`${into} VALUES (${marks}) ${guarded}`);
    this.upsertUnlessRemoved = database.prepare(`${into} SELECT ${marks} WHERE NOT EXISTS
      (SELECT 1 FROM ${REMOVED} WHERE collection = '${shape.name}' AND id = ?1 AND position >= ?3)
      ${guarded}`);
    this.removal = database.prepare(`DELETE FROM ${table} WHERE id = ? AND position < ?`);
    this.values = columnValues(shape);
  }

  put({ id, shard, position }: Write, document: NonNullable<Write['document']>, someRemoved: boolean): void {
    const statement = someRemoved ? this.upsertUnlessRemoved : this.upsert;
    statement.run(id, shard, position, JSON.stringify(document), ...this.values(id, document));
  }

  remove({ id, position }: Write): void {
    this.removal.run(id, position);
  }
}
