import type { Collection } from 'mongodb';
import { type CrashPoint, noCrash } from '../../event-sourcing/crash-point.js';
import { stated } from '../../event-sourcing/stated.js';
import { type ConnectionOptions, MongoConnection } from '../../mongodb/mongo-connection.js';
import {
  type CollectionShape,
  type Flush,
  type Generation,
  type GenerationChoice,
  type GenerationStamp,
  type Group,
  type GroupQuery,
  type Page,
  type Query,
  type ReadStore,
  ReadStoreDamaged,
  ReadStoreUnavailable,
  type StoredDocument,
} from '../read-store.js';
import { refuseShapes, refuseToWrite } from '../refusals.js';
import type { Stead } from '../whole-document.js';
import { AnalystViews } from './analyst-views.js';
import { SHOWN } from './filter-query.js';
import { type Checkpoints, FlushWriter } from './flush-writer.js';
import { Generations } from './generations.js';
import { type Grouped, groupPipeline } from './group-query.js';
import { pageQuery } from './page-query.js';
import { CHECKPOINTS, collectionOf, generationOf, indexesOf } from './schema.js';
import { documentFrom, refuseTooLarge, type Stored, storedDocumentFrom } from './stored.js';

const SCAN_BATCH = 1_000;
const steadOf = (readModel: string): Stead => ({ readModel, where: 'MongoDB' });
const READ_MODELS = { what: 'the read models', Unavailable: ReadStoreUnavailable };

export interface MongoReadStoreOptions extends ConnectionOptions {
  readonly mode: 'write' | 'read';
  readonly crashPoint?: CrashPoint;
}

/**
 * Read models in one MongoDB database: a collection for each read model of each build. Any number of processes may
 * write. It runs on every server from 4.4 on, with or without a replica set: no transactions, no change streams.
 */
export class MongoReadStore implements ReadStore {
  readonly flushesWhole = false;
  readonly refuseTooLarge = refuseTooLarge;
  private readonly generationsOf: Generations;
  private readonly views: AnalystViews;
  private readonly writers = new Map<number, FlushWriter>();

  /** @throws ReadStoreUnavailable if no server answers */
  static async open(options: MongoReadStoreOptions): Promise<MongoReadStore> {
    const connection = await MongoConnection.open(options, READ_MODELS);
    const store = new MongoReadStore(connection, options);
    try {
      // In case a process died right after a switch.
      if (options.mode === 'write') await store.views.follow();
      return store;
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  private readonly crashPoint: CrashPoint;

  private constructor(
    private readonly connection: MongoConnection,
    private readonly options: MongoReadStoreOptions,
  ) {
    this.crashPoint = options.crashPoint ?? noCrash;
    this.generationsOf = new Generations(connection);
    this.views = new AnalystViews(connection, this.generationsOf);
  }

  async begin(collections: readonly CollectionShape[], stamp: GenerationStamp): Promise<Generation> {
    refuseToWrite(this.options.mode);
    refuseShapes(collections);
    await this.dropReleased();
    return this.generationsOf.begin(collections, stamp);
  }

  /** Uses its own connection without a timeout: indexes of a large build take minutes. */
  async ready(generation: number): Promise<void> {
    refuseToWrite(this.options.mode);
    const { collections } = await this.generationsOf.get(generation);
    const patient = await MongoConnection.open({ ...this.options, timeoutMs: 0 }, READ_MODELS);
    try {
      for (const shape of collections) {
        const collection = patient.database.collection(collectionOf(generation, shape.name));
        await patient.run(() => collection.createIndexes(indexesOf(shape)));
        this.crashPoint('read-store: index made');
      }
    } finally {
      await patient.close();
    }
    await this.generationsOf.setReady(generation);
  }

  async switchTo(generation: number, expected: number | undefined): Promise<void> {
    refuseToWrite(this.options.mode);
    await this.generationsOf.switchTo(generation, expected);
    this.crashPoint('read-store: new generation live');
    await this.views.follow();
  }

  async release(generation: number): Promise<void> {
    refuseToWrite(this.options.mode);
    this.writers.delete(generation);
    await this.generationsOf.remove(generation);
    this.crashPoint('read-store: half released');
    await this.dropReleased();
  }

  async generations(): Promise<readonly Generation[]> {
    return this.generationsOf.all();
  }

  async live(): Promise<Generation | undefined> {
    return (await this.generationsOf.all()).find(({ status }) => status === 'live');
  }

  async flush(generation: number, flush: Flush): Promise<void> {
    refuseToWrite(this.options.mode);
    const { status } = await this.generationsOf.get(generation);
    const shapes = await this.generationsOf.shapesOf(generation);
    const writer =
      this.writers.get(generation) ?? new FlushWriter(this.connection, generation, shapes, this.crashPoint);
    this.writers.set(generation, writer);
    await writer.write(status, flush);
    this.crashPoint('read-store: flushed');
  }

  async checkpoints(generation: number): Promise<ReadonlyMap<number, string>> {
    await this.generationsOf.get(generation);
    const found = await this.run(() => this.checkpointsOf().findOne({ _id: generation }));
    const shards = Object.entries(found?.shards ?? {}).map(([shard, position]) => [Number(shard), position] as const);
    return new Map(shards.toSorted(([a], [b]) => a - b));
  }

  async load(
    generation: number,
    collection: string,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, StoredDocument>> {
    const from = this.collection(generation, await this.generationsOf.shape(generation, collection));
    const loaded = new Map<string, StoredDocument>();
    for (let at = 0; at < ids.length; at += SCAN_BATCH) {
      const some = ids.slice(at, at + SCAN_BATCH);
      const found = await this.run(() => from.find({ _id: { $in: some } }, { batchSize: SCAN_BATCH + 1 }).toArray());
      for (const stored of found)
        if (stored.amends.shown) loaded.set(stored._id, storedDocumentFrom(stored, steadOf(collection)));
    }
    return loaded;
  }

  async get(
    collection: string,
    id: string,
    generation: GenerationChoice = 'live',
  ): Promise<StoredDocument | undefined> {
    return this.answered(generation, collection, async (chosen, shape) => {
      const stored = await this.run(() => this.collection(chosen, shape).findOne({ _id: id }));
      return {
        empty: stored === null,
        answer: stored?.amends.shown ? storedDocumentFrom(stored, steadOf(collection)) : undefined,
      };
    });
  }

  async find(collection: string, query: Query, generation: GenerationChoice = 'live'): Promise<Page> {
    return this.answered(generation, collection, async (chosen, shape) => {
      const { limit, filters, sort, cursorAfter } = pageQuery(chosen, shape, query);
      const found: Stored[] = [];
      // One more than the limit, to know whether there is a next page.
      for (const filter of filters) {
        const left = limit + 1 - found.length;
        if (left === 0) break;
        const options = { sort: new Map(sort), limit: left, batchSize: left + 1 };
        found.push(...(await this.run(() => this.collection(chosen, shape).find(filter, options).toArray())));
      }
      const last = found.length > limit ? found[limit - 1] : undefined;
      const documents = found.slice(0, limit).map((stored) => ({
        ...documentFrom(stored, steadOf(collection)),
        id: stored._id,
      }));
      const answer = last ? { documents, next: cursorAfter(last) } : { documents };
      return { empty: found.length === 0, answer };
    });
  }

  async group(collection: string, query: GroupQuery, generation: GenerationChoice = 'live'): Promise<readonly Group[]> {
    return this.answered(generation, collection, async (chosen, shape) => {
      const { stages, groupOf } = groupPipeline(shape, query);
      const grouped = await this.run(() => this.collection(chosen, shape).aggregate<Grouped>(stages).toArray());
      return { empty: grouped.length === 0, answer: grouped.map(groupOf) };
    });
  }

  async *scan(
    collection: string,
    { shard, generation = 'live' }: { shard?: number; generation?: GenerationChoice } = {},
  ): AsyncIterable<readonly StoredDocument[]> {
    const chosen = await this.generationsOf.chosen(generation);
    const of = stated({ ...SHOWN, 'amends.shard': shard });
    const options = { sort: { _id: 1 as const }, limit: SCAN_BATCH, batchSize: SCAN_BATCH + 1 };
    for (let after = ''; ;) {
      const found = await this.answered(chosen, collection, async (_, shape) => {
        const filter = { ...of, _id: { $gt: after } };
        const answer = await this.run(() => this.collection(chosen, shape).find(filter, options).toArray());
        return { empty: answer.length === 0, answer };
      });
      if (found.length > 0) yield found.map((stored) => storedDocumentFrom(stored, steadOf(collection)));
      if (found.length < SCAN_BATCH) return;
      after = found.at(-1)?._id ?? '';
    }
  }

  /** MongoDB checks its own files; here only text that it can't read itself is checked. */
  async damages(generation: number, most: number): Promise<readonly ReadStoreDamaged[]> {
    const found: ReadStoreDamaged[] = [];
    const { collections } = await this.generationsOf.get(generation);
    for (const shape of collections) {
      const withText = this.collection(generation, shape).find({ 'amends.text': { $exists: true } });
      await this.run(async () => {
        for await (const stored of withText)
          try {
            documentFrom(stored, steadOf(shape.name));
          } catch (error) {
            if (!(error instanceof ReadStoreDamaged)) throw error;
            if (found.push(error) >= most) return;
          }
      });
      if (found.length >= most) break;
    }
    return found;
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  /**
   * Choosing the build and reading it are two steps. A build that is dropped between them looks empty, so an empty
   * answer counts only if the build still exists.
   */
  private async answered<T>(
    choice: GenerationChoice,
    collection: string,
    operation: (generation: number, shape: CollectionShape) => Promise<{ empty: boolean; answer: T }>,
  ): Promise<T> {
    for (;;) {
      const chosen = await this.generationsOf.chosen(choice);
      const { empty, answer } = await operation(chosen, await this.generationsOf.shape(chosen, collection));
      if (!empty) return answer;
      if (choice !== 'live') await this.generationsOf.get(chosen);
      else if ((await this.generationsOf.chosen('live')) !== chosen) continue;
      return answer;
    }
  }

  /** Drops collections of released builds, also those that a crashed process left. */
  private async dropReleased(): Promise<void> {
    const { database } = this.connection;
    const released = await this.generationsOf.released();
    const names = await this.run(() => database.listCollections({}, { nameOnly: true }).toArray());
    for (const { name } of names) {
      const generation = generationOf(name);
      if (generation !== undefined && released(generation)) await this.connection.drop(name);
    }
    const kept = await this.run(() => this.checkpointsOf().distinct('_id'));
    for (const _id of kept) if (released(_id)) await this.run(() => this.checkpointsOf().deleteOne({ _id }));
  }

  private collection(generation: number, { name }: CollectionShape): Collection<Stored> {
    return this.connection.database.collection<Stored>(collectionOf(generation, name));
  }

  private checkpointsOf(): Collection<Checkpoints> {
    return this.connection.database.collection<Checkpoints>(CHECKPOINTS);
  }

  private run<T>(operation: () => Promise<T>): Promise<T> {
    return this.connection.run(operation);
  }
}
