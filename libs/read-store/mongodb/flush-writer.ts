import { type AnyBulkWriteOperation, type Collection } from 'mongodb';
import type { CrashPoint } from '../../event-sourcing/crash-point.js';
import { duplicatesIn, isDuplicate, type MongoConnection } from '../../mongodb/mongo-connection.js';
import { type CollectionShape, type Flush, type Generation } from '../read-store.js';
import { CHECKPOINTS, collectionOf } from './schema.js';
import { type Stored, storedFrom } from './stored.js';

/** By shard, the position read up to. One document a build, so that a batch's checkpoints are one step. */
export interface Checkpoints {
  /** The generation. */
  readonly _id: number;
  readonly shards: Readonly<Record<string, string>>;
}

/** The most documents in one request: MongoDB takes 100,000 and 48 MB. */
const AT_ONCE = 5_000;

/**
 * Writes batches into one build without a transaction: documents first, each guarded by its position, checkpoints
 * last. A batch cut off half-way is delivered again, and what it had written already changes nothing.
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
      for (let at = 0; at < documents.length; at += AT_ONCE)
        await this.put(shape, documents.slice(at, at + AT_ONCE), status === 'building');
    this.crashPoint('read-store: documents written');
    if (shards.length > 0) await this.checkpoint(shards, position);
    this.crashPoint('read-store: checkpoints written');
  }

  /**
   * All of a batch, checked before any is written. What a fold reads again to know how far a case is comes last: were
   * it written first and the rest cut off, the rest would never be written. Of several for one id the last in history
   * stands.
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

  /** `mostlyNew`, as in a build: they are made without a look for what might be there. */
  private async put({ name }: CollectionShape, documents: readonly Stored[], mostlyNew: boolean): Promise<void> {
    const collection = this.connection.database.collection<Stored>(collectionOf(this.generation, name));
    const refused = await this.bulk(
      collection,
      documents.map((document) => (mostlyNew ? { insertOne: { document } } : guarded(document, true))),
    );
    // It is there and not behind, or somebody else made it at this very moment, perhaps from less of history: asked
    // again without making it, the guard alone decides.
    const there = refused.flatMap((index) => documents[index] ?? []);
    if (there.length > 0)
      await this.bulk(
        collection,
        there.map((document) => guarded(document, false)),
      );
  }

  /** Gives the places of those that found the document there already. */
  private async bulk(
    collection: Collection<Stored>,
    operations: AnyBulkWriteOperation<Stored>[],
  ): Promise<readonly number[]> {
    try {
      await this.connection.ask(() => collection.bulkWrite(operations, { ordered: false }));
      return [];
    } catch (error) {
      return duplicatesIn(error);
    }
  }

  /** Never takes one back. */
  private async checkpoint(shards: readonly number[], position: string): Promise<void> {
    const checkpoints = this.connection.database.collection<Checkpoints>(CHECKPOINTS);
    const $max = Object.fromEntries(shards.map((shard) => [`shards.${shard}`, position]));
    for (;;) {
      try {
        await this.connection.ask(() => checkpoints.updateOne({ _id: this.generation }, { $max }, { upsert: true }));
        return;
      } catch (error) {
        // Another worker made it at the same time: it is there now.
        if (!isDuplicate(error)) throw error;
      }
    }
  }
}

/** Never takes a document back, even if it was cut off and arrives when others have long written on. */
const guarded = (document: Stored, upsert: boolean): AnyBulkWriteOperation<Stored> => {
  const { _id, ...rest } = document;
  const filter = { _id, 'amends.position': { $lt: document.amends.position } };
  return { replaceOne: { filter, replacement: rest as Omit<Stored, '_id'>, upsert } };
};
