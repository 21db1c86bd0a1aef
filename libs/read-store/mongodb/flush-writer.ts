import { type AnyBulkWriteOperation, type Collection } from 'mongodb';
import type { CrashPoint } from '../../event-sourcing/crash-point.js';
import { duplicatesIn, isDuplicate, type MongoConnection } from '../../mongodb/mongo-connection.js';
import { type CollectionShape, type Flush, type Generation } from '../read-store.js';
import { CHECKPOINTS, collectionOf } from './schema.js';
import { type Stored, storedFrom } from './stored.js';

/** One document per build, so that a batch's checkpoints change in one step. */
export interface Checkpoints {
  /** The generation. */
  readonly _id: number;
  /** By shard, the position read up to. */
  readonly shards: Readonly<Record<string, string>>;
}

/** Documents in one request: MongoDB accepts 100,000 and 48 MB. */
const BULK_SIZE = 5_000;

/**
 * Writes batches into one build without a transaction: documents first, each guarded by its position, checkpoints
 * last. After a crash the batch arrives again, and the guards skip what it had already written.
 */
export class FlushWriter {
  constructor(
    private readonly connection: MongoConnection,
    private readonly generation: number,
    private readonly shapes: ReadonlyMap<string, CollectionShape>,
    private readonly crashPoint: CrashPoint,
  ) {}

  async write(status: Generation['status'], { shards, position, writes }: Flush): Promise<void> {
    const batches = this.documentsOf(writes);
    for (const [shape, documents] of batches)
      for (let at = 0; at < documents.length; at += BULK_SIZE)
        await this.put(shape, documents.slice(at, at + BULK_SIZE), status === 'building');
    this.crashPoint('read-store: documents written');
    if (shards.length > 0) await this.checkpoint(shards, position);
    this.crashPoint('read-store: checkpoints written');
  }

  /**
   * A batch's documents, checked before any write; of several for one id, the last in history. Internal documents come
   * last: a fold reads from them how far a case is, so after a crash it would skip the rest.
   */
  private documentsOf(writes: Flush['writes']): readonly (readonly [CollectionShape, readonly Stored[]])[] {
    const batches = new Map<CollectionShape, Map<string, Stored>>();
    for (const write of writes) {
      const shape = this.shapes.get(write.collection);
      if (!shape) throw new TypeError(`Generation ${this.generation} has no read model ${write.collection}.`);
      let documents = batches.get(shape);
      if (!documents) batches.set(shape, (documents = new Map()));
      const other = documents.get(write.id);
      if (!other || other.amends.position < write.position)
        documents.set(write.id, storedFrom(this.generation, shape, write));
    }
    return [...batches]
      .map(([shape, documents]) => [shape, [...documents.values()]] as const)
      .toSorted(([a], [b]) => Number(a.internal ?? false) - Number(b.internal ?? false));
  }

  /** @param mostlyNew as in a build: insert first, and look for existing documents only after a conflict */
  private async put({ name }: CollectionShape, documents: readonly Stored[], mostlyNew: boolean): Promise<void> {
    const collection = this.connection.database.collection<Stored>(collectionOf(this.generation, name));
    const refused = await this.bulk(
      collection,
      documents.map((document) => (mostlyNew ? { insertOne: { document } } : guarded(document, true))),
    );
    // The document exists already: without an upsert, its position alone decides.
    const existing = refused.flatMap((index) => documents[index] ?? []);
    if (existing.length > 0)
      await this.bulk(
        collection,
        existing.map((document) => guarded(document, false)),
      );
  }

  /** Resolves to the indexes of operations that failed on a duplicate key. */
  private async bulk(
    collection: Collection<Stored>,
    operations: AnyBulkWriteOperation<Stored>[],
  ): Promise<readonly number[]> {
    try {
      await this.connection.run(() => collection.bulkWrite(operations, { ordered: false }));
      return [];
    } catch (error) {
      return duplicatesIn(error);
    }
  }

  /** Never moves a checkpoint back. */
  private async checkpoint(shards: readonly number[], position: string): Promise<void> {
    const checkpoints = this.connection.database.collection<Checkpoints>(CHECKPOINTS);
    const $max = Object.fromEntries(shards.map((shard) => [`shards.${shard}`, position]));
    for (;;) {
      try {
        await this.connection.run(() => checkpoints.updateOne({ _id: this.generation }, { $max }, { upsert: true }));
        return;
      } catch (error) {
        // Another worker inserted it at the same time: retry as an update.
        if (!isDuplicate(error)) throw error;
      }
    }
  }
}

/** Never replaces a newer document, even if this write arrives late. */
const guarded = (document: Stored, upsert: boolean): AnyBulkWriteOperation<Stored> => {
  const { _id, ...rest } = document;
  const filter = { _id, 'amends.position': { $lt: document.amends.position } };
  return { replaceOne: { filter, replacement: rest as Omit<Stored, '_id'>, upsert } };
};
