import type { Collection } from 'mongodb';
import { isDuplicate, type MongoConnection } from '../../mongodb/mongo-connection.js';
import {
  type CollectionShape,
  type Generation,
  type GenerationChoice,
  GenerationConflict,
  type GenerationStamp,
  NothingLive,
} from '../read-store.js';
import { noSuchGeneration, shapeOf } from '../refusals.js';
import { GENERATIONS } from './schema.js';

/** All builds, and which one is live. One document, so that every change is atomic. Its field names are stored. */
interface Registry {
  readonly _id: 'generations';
  /** Raised by each change. */
  readonly version: number;
  /** The last assigned id. No id is assigned twice, so a cursor of a released build stays stale. */
  readonly last: number;
  readonly live: number | null;
  /** The build that the analysts' views show. */
  readonly views: number | null;
  readonly generations: readonly {
    readonly id: number;
    readonly status: Generation['status'];
    /** JSON text, because programmes' names are keys in it and can be anything. */
    readonly stamp: string;
    readonly collections: string;
  }[];
}

const NONE: Registry = { _id: 'generations', version: 0, last: 0, live: null, views: null, generations: [] };

/** The registry of builds. It changes by compare-and-set. */
export class Generations {
  /** A build's shapes never change. */
  private readonly shapes = new Map<number, ReadonlyMap<string, CollectionShape>>();
  private readonly registry: Collection<Registry>;

  constructor(private readonly connection: MongoConnection) {
    this.registry = connection.database.collection<Registry>(GENERATIONS);
  }

  async begin(collections: readonly CollectionShape[], stamp: GenerationStamp): Promise<Generation> {
    const texts = { stamp: JSON.stringify(stamp), collections: JSON.stringify(collections) };
    const { last } = await this.change((registry) => {
      const id = registry.last + 1;
      return {
        ...registry,
        last: id,
        generations: [...registry.generations, { id, status: 'building', ...texts }],
      };
    });
    return this.get(last);
  }

  async setReady(id: number): Promise<void> {
    await this.change((registry) => withStatus(registry, id, 'ready', ['building']));
  }

  async switchTo(id: number, expected: number | undefined): Promise<void> {
    await this.change((registry) => {
      if ((registry.live ?? undefined) !== expected) throw new GenerationConflict(expected, registry.live ?? undefined);
      const { status } = entryOf(registry, id);
      if (status === 'building') throw new Error(`Generation ${id} is still being built. Make it ready first.`);
      if (status === 'live') return registry;
      const retired = expected === undefined ? registry : withStatus(registry, expected, 'retired', ['live']);
      return { ...withStatus(retired, id, 'live', ['ready', 'retired']), live: id };
    });
  }

  async remove(id: number): Promise<void> {
    await this.change((registry) => {
      if (entryOf(registry, id).status === 'live')
        throw new Error(`Generation ${id} is live. Switch to another before releasing it.`);
      return { ...registry, generations: registry.generations.filter((one) => one.id !== id) };
    });
    this.shapes.delete(id);
  }

  async all(): Promise<readonly Generation[]> {
    return (await this.read()).generations.map(generationFrom);
  }

  async get(id: number): Promise<Generation> {
    return generationFrom(entryOf(await this.read(), id));
  }

  /** Resolves to a test whether a build was released. */
  async released(): Promise<(id: number) => boolean> {
    const { last, generations } = await this.read();
    const kept = new Set(generations.map(({ id }) => id));
    return (id) => id <= last && !kept.has(id);
  }

  /** The chosen build. @throws NothingLive before the first switch */
  async chosen(choice: GenerationChoice): Promise<number> {
    if (choice !== 'live') return choice;
    const found = await this.connection.run(() =>
      this.registry.findOne({ _id: 'generations' }, { projection: { live: 1 } }),
    );
    if (found?.live === undefined || found.live === null) throw new NothingLive();
    return found.live;
  }

  async shape(id: number, collection: string): Promise<CollectionShape> {
    return shapeOf(await this.shapesOf(id), collection);
  }

  async shapesOf(id: number): Promise<ReadonlyMap<string, CollectionShape>> {
    let shapes = this.shapes.get(id);
    if (!shapes) {
      shapes = new Map((await this.get(id)).collections.map((shape) => [shape.name, shape]));
      this.shapes.set(id, shapes);
    }
    return shapes;
  }

  /** The build that the views show, and the live one. */
  async viewed(): Promise<{ views: number | null; live: number | null }> {
    return this.read();
  }

  async setViewed(id: number): Promise<void> {
    await this.change((registry) => ({ ...registry, views: id }));
  }

  private async read(): Promise<Registry> {
    return (await this.connection.run(() => this.registry.findOne({ _id: 'generations' }))) ?? NONE;
  }

  /** Replaces the registry with `next` of it, and retries when another process changed it meanwhile. */
  private async change(next: (registry: Registry) => Registry): Promise<Registry> {
    for (;;) {
      const before = await this.read();
      const made = next(before);
      if (made === before) return before;
      const after = { ...made, version: before.version + 1 };
      try {
        const { matchedCount, upsertedCount } = await this.connection.run(() =>
          this.registry.replaceOne({ _id: 'generations', version: before.version }, after, {
            upsert: before.version === 0,
          }),
        );
        if (matchedCount + upsertedCount > 0) return after;
      } catch (error) {
        if (!isDuplicate(error)) throw error;
      }
    }
  }
}

const withStatus = (
  registry: Registry,
  id: number,
  status: Generation['status'],
  from: readonly Generation['status'][],
): Registry => {
  if (!from.includes(entryOf(registry, id).status)) return registry;
  return { ...registry, generations: registry.generations.map((one) => (one.id === id ? { ...one, status } : one)) };
};

/** @throws QueryRefused for an unknown build */
const entryOf = ({ generations }: Registry, id: number): Registry['generations'][number] => {
  const entry = generations.find((one) => one.id === id);
  if (!entry) throw noSuchGeneration(id);
  return entry;
};

const generationFrom = ({ id, status, stamp, collections }: Registry['generations'][number]): Generation => ({
  id,
  status,
  stamp: JSON.parse(stamp) as GenerationStamp,
  collections: JSON.parse(collections) as readonly CollectionShape[],
});
