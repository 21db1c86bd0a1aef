import { type CrashPoint, noCrash } from '../../event-sourcing/crash-point.js';
import { outOfOrder } from '../../sqlite/sqlite-errors.js';
import { takeWriterLock } from '../../sqlite/writer-lock.js';
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
  ReadStoreBusy,
  ReadStoreUnavailable,
  type StoredDocument,
} from '../read-store.js';
import { SCAN_BATCH } from './build.js';
import { BuildFiles } from './build-files.js';
import { Builds } from './builds.js';
import type { Mode } from './connection.js';
import { refuseToWrite, Register } from './register.js';
import { refuseShapes } from './schema.js';

export interface SqliteReadStoreOptions {
  /** The register's file, or ':memory:'. */
  readonly path: string;
  readonly mode: Mode;
  /** False where the process holds the lock by another connection, as a worker that builds does. Default true. */
  readonly lock?: boolean;
  /** It is dropped after use: a crash may spoil it. */
  readonly passing?: true;
  readonly crashPoint?: CrashPoint;
}

/** Read models in SQLite files: a register of builds, and beside it a file for each build. */
export class SqliteReadStore implements ReadStore {
  readonly flushesWhole = true;
  private constructor(
    private readonly register: Register,
    private readonly files: BuildFiles,
    private readonly builds: Builds,
    private readonly options: SqliteReadStoreOptions,
    private readonly unlock: () => void,
  ) {}

  /** @throws ReadStoreUnavailable where it can't be opened now; ReadStoreBusy, ReadStoreFormatRefused. */
  static open(options: SqliteReadStoreOptions): SqliteReadStore {
    const { path, mode, lock = true, passing = false, crashPoint = noCrash } = options;
    const owner = mode === 'write' && lock;
    let unlock = (): void => undefined;
    let register: Register | undefined;
    try {
      if (owner && path !== ':memory:') unlock = takeWriterLock(`${path}.lock`, path, ReadStoreBusy);
      register = Register.open(path, mode, crashPoint);
      const files = new BuildFiles(path);
      if (owner) heal(register, files);
      const builds = new Builds(register, files, { mode, passing, crashPoint });
      return new SqliteReadStore(register, files, builds, options, unlock);
    } catch (error) {
      register?.close();
      unlock();
      throw inWords(error, path);
    }
  }

  async begin(collections: readonly CollectionShape[], stamp: GenerationStamp): Promise<Generation> {
    refuseShapes(collections);
    return this.ask(() => this.register.begin(collections, stamp, (id) => this.builds.make(id, collections)));
  }

  async ready(generation: number): Promise<void> {
    refuseToWrite(this.options.mode);
    this.ask(() => {
      this.builds.of(generation).makeReady();
      this.register.ready(generation);
    });
  }

  async switchTo(generation: number, expected: number | undefined): Promise<void> {
    this.ask(() => this.register.switchTo(generation, expected));
    this.options.crashPoint?.('read-store: switched, before the link');
    this.ask(() => this.files.lead(this.register.live()?.id));
  }

  async release(generation: number): Promise<void> {
    this.ask(() => this.register.release(generation));
    this.options.crashPoint?.('read-store: half released');
    this.ask(() => this.builds.remove(generation));
  }

  async generations(): Promise<readonly Generation[]> {
    return this.ask(() => {
      this.builds.letGoOfReleased();
      return this.register.all();
    });
  }

  async live(): Promise<Generation | undefined> {
    return this.ask(() => this.register.live());
  }

  /** SQLite holds whatever JavaScript can make text of. */
  refuseTooLarge(): void {}

  async flush(generation: number, flush: Flush): Promise<void> {
    refuseToWrite(this.options.mode);
    this.ask(() => this.builds.of(generation).flush(flush));
  }

  async checkpoints(generation: number): Promise<ReadonlyMap<number, string>> {
    return this.ask(() => this.builds.of(generation).checkpoints());
  }

  async load(
    generation: number,
    collection: string,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, StoredDocument>> {
    return this.ask(() => this.builds.of(generation).load(collection, ids));
  }

  async get(
    collection: string,
    id: string,
    generation: GenerationChoice = 'live',
  ): Promise<StoredDocument | undefined> {
    return this.ask(() => this.builds.of(generation).get(collection, id));
  }

  async find(collection: string, query: Query, generation: GenerationChoice = 'live'): Promise<Page> {
    return this.ask(() => this.builds.of(generation).find(collection, query));
  }

  async group(collection: string, query: GroupQuery, generation: GenerationChoice = 'live'): Promise<readonly Group[]> {
    return this.ask(() => this.builds.of(generation).group(collection, query));
  }

  async *scan(
    collection: string,
    { shard, generation = 'live' }: { shard?: number; generation?: GenerationChoice } = {},
  ): AsyncIterable<readonly StoredDocument[]> {
    const chosen = this.ask(() => this.register.chosen(generation));
    for (let after = ''; ;) {
      const documents = this.ask(() => this.builds.of(chosen).after(after, collection, shard));
      if (documents.length > 0) yield documents;
      if (documents.length < SCAN_BATCH) return;
      after = documents.at(-1)?.id ?? after;
    }
  }

  async close(): Promise<void> {
    this.builds.closeAll();
    this.register.close();
    this.unlock();
  }

  /** @throws ReadStoreUnavailable instead of SQLite's error where the files can't be worked on now. */
  private ask<R>(work: () => R): R {
    try {
      return work();
    } catch (error) {
      throw inWords(error, this.options.path);
    }
  }
}

const inWords = (error: unknown, path: string): unknown => {
  const why = outOfOrder(error, path);
  return why === undefined ? error : new ReadStoreUnavailable(why, { cause: error });
};

/** What a process that ended between register and files left, or the machine: here nobody else changes either. */
function heal(register: Register, files: BuildFiles): void {
  register.strikeOffLost((id) => files.has(id));
  files.removeAllBut(register.ids());
  files.lead(register.live()?.id);
}
