import { type CrashPoint, noCrash } from '../../event-sourcing/crash-point.js';
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
  ReadStoreDamaged,
  ReadStoreUnavailable,
  type StoredDocument,
} from '../read-store.js';
import { refuseShapes, refuseToWrite } from '../refusals.js';
import { SCAN_BATCH } from './build.js';
import { BuildFiles, removeReadStore } from './build-files.js';
import { Builds } from './builds.js';
import type { Mode } from './connection.js';
import { inWords } from './errors.js';
import { Register, THE_REGISTER } from './register.js';

export interface SqliteReadStoreOptions {
  /** The register's file, or ':memory:'. */
  readonly path: string;
  readonly mode: Mode;
  /** False if another connection of the process holds the lock, as for a worker that builds. Default true. */
  readonly lock?: boolean;
  /** The process drops it after use, so a crash may corrupt it. */
  readonly disposable?: true;
  readonly crashPoint?: CrashPoint;
}

/** Read models in SQLite files: a register, and a file for each build. */
export class SqliteReadStore implements ReadStore {
  readonly flushesWhole = true;
  private constructor(
    private readonly register: Register,
    private readonly files: BuildFiles,
    private readonly builds: Builds,
    private readonly options: SqliteReadStoreOptions,
    private readonly unlock: () => void,
  ) {}

  /** @throws ReadStoreUnavailable, ReadStoreBusy, ReadStoreDamaged, ReadStoreFormatRefused */
  static open(options: SqliteReadStoreOptions): SqliteReadStore {
    const { path, mode, lock = true, disposable = false, crashPoint = noCrash } = options;
    const owner = mode === 'write' && lock;
    let unlock = (): void => undefined;
    let register: Register | undefined;
    try {
      if (owner && path !== ':memory:')
        unlock = takeWriterLock(`${path}.lock`, path, ReadStoreBusy, ReadStoreUnavailable);
      if (owner && Register.isOutdated(path)) removeReadStore(path);
      register = Register.open(path, mode, crashPoint);
      const files = new BuildFiles(path);
      if (owner) repair(register, files);
      const builds = new Builds(register, files, { mode, disposable, crashPoint });
      return new SqliteReadStore(register, files, builds, options, unlock);
    } catch (error) {
      register?.close();
      unlock();
      throw inWords(error, path, THE_REGISTER);
    }
  }

  async begin(collections: readonly CollectionShape[], stamp: GenerationStamp): Promise<Generation> {
    refuseShapes(collections);
    return this.run(() => this.register.begin(collections, stamp, (begun) => this.builds.make(begun)));
  }

  async ready(generation: number): Promise<void> {
    refuseToWrite(this.options.mode);
    this.run(() => {
      this.builds.of(generation).makeReady();
      this.register.ready(generation);
    });
  }

  async switchTo(generation: number, expected: number | undefined): Promise<void> {
    this.run(() => this.register.switchTo(generation, expected));
    this.options.crashPoint?.('read-store: switched, before the link');
    this.run(() => this.files.linkTo(this.register.live()?.id));
  }

  async release(generation: number): Promise<void> {
    this.run(() => this.register.release(generation));
    this.options.crashPoint?.('read-store: half released');
    this.run(() => this.builds.remove(generation));
  }

  async generations(): Promise<readonly Generation[]> {
    return this.run(() => {
      this.builds.closeReleased();
      return this.register.all();
    });
  }

  async live(): Promise<Generation | undefined> {
    return this.run(() => this.register.live());
  }

  /** SQLite holds any document that JavaScript can turn into text. */
  refuseTooLarge(): void {}

  async flush(generation: number, flush: Flush): Promise<void> {
    refuseToWrite(this.options.mode);
    this.run(() => this.builds.of(generation).flush(flush));
  }

  async checkpoints(generation: number): Promise<ReadonlyMap<number, string>> {
    return this.run(() => this.builds.of(generation).checkpoints());
  }

  async load(
    generation: number,
    collection: string,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, StoredDocument>> {
    return this.run(() => this.builds.of(generation).load(collection, ids));
  }

  async get(
    collection: string,
    id: string,
    generation: GenerationChoice = 'live',
  ): Promise<StoredDocument | undefined> {
    return this.run(() => this.builds.of(generation).get(collection, id));
  }

  async find(collection: string, query: Query, generation: GenerationChoice = 'live'): Promise<Page> {
    return this.run(() => this.builds.of(generation).find(collection, query));
  }

  async group(collection: string, query: GroupQuery, generation: GenerationChoice = 'live'): Promise<readonly Group[]> {
    return this.run(() => this.builds.of(generation).group(collection, query));
  }

  async *scan(
    collection: string,
    { shard, generation = 'live' }: { shard?: number; generation?: GenerationChoice } = {},
  ): AsyncIterable<readonly StoredDocument[]> {
    const chosen = this.run(() => this.register.chosen(generation));
    for (let after = ''; ;) {
      const documents = this.run(() => this.builds.of(chosen).after(after, collection, shard));
      if (documents.length > 0) yield documents;
      if (documents.length < SCAN_BATCH) return;
      after = documents.at(-1)?.id ?? after;
    }
  }

  async damages(generation: number, most: number): Promise<readonly ReadStoreDamaged[]> {
    try {
      const { path } = this.options;
      const ofRegister = this.run(() => this.register.integrity(most)).map(
        (said) => new ReadStoreDamaged(`${THE_REGISTER} is damaged: SQLite says "${said}".`, path),
      );
      const ofBuild = this.run(() => this.builds.of(generation).damages(most));
      return [...ofRegister, ...ofBuild].slice(0, most);
    } catch (error) {
      if (error instanceof ReadStoreDamaged) return [error];
      throw error;
    }
  }

  async close(): Promise<void> {
    this.builds.closeAll();
    this.register.close();
    this.unlock();
  }

  /** @throws ReadStoreUnavailable, ReadStoreDamaged instead of SQLite's errors */
  private run<R>(work: () => R): R {
    try {
      return work();
    } catch (error) {
      throw inWords(error, this.options.path, THE_REGISTER);
    }
  }
}

/** After a crash: makes register and files agree. The caller holds the writer's lock. */
function repair(register: Register, files: BuildFiles): void {
  register.removeLost((id) => files.has(id));
  files.removeAllBut(register.ids());
  files.linkTo(register.live()?.id);
}
