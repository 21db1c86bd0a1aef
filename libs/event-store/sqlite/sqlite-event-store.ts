import { mkdirSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { noCrash, type CrashPoint } from '../../event-sourcing/crash-point.js';
import type { EventDeclaration, ToAppend } from '../../event-sourcing/event.js';
import { upcasting } from '../../event-sourcing/upcasting.js';
import { syncOfLog, type Sync } from '../../sqlite/log-sync.js';
import { takeWriterLock } from '../../sqlite/writer-lock.js';
import {
  HistoryUnavailable,
  type Appended,
  type Batch,
  type ByShardOptions,
  type EventStore,
  type FollowOptions,
  type Held,
  type HistoryByShard,
  type ReadOptions,
  type StreamOptions,
  type StreamSlice,
} from '../event-store.js';
import { backUp } from './back-up.js';
import { endText, positionNumber, positionText } from './event-rows.js';
import { openHead, readHead } from './head.js';
import { checkHead } from './history-files.js';
import { hasHistory, historyFiles, type HistoryFiles } from './history-place.js';
import { HistoryReader } from './history-reader.js';
import { HistoryWriter } from './history-writer.js';
import { PositionsByShard } from './positions-by-shard.js';
import { openReader, openWriter } from './schema.js';
import { inWords } from './sqlite-errors.js';

export interface SqliteEventStoreOptions {
  /** Holds history.db, history.head and history.lock. The writer makes it. */
  readonly folder: string;
  readonly declarations: Readonly<Record<string, EventDeclaration>>;
  /** One process writes while any number read. */
  readonly mode: 'write' | 'read';
  /**
   * A reader ends where the writer's head does, so that it never shows what a power cut could take back. Default false: it
   * shows all that is in the file.
   */
  readonly onlyAcknowledged?: boolean;
  readonly crashPoint?: CrashPoint;
  /** For benches: what the disk does, done otherwise. */
  readonly disk?: (this: void, sync: Sync) => Sync;
}

/** How often a reader looks for another process's commits. */
const POLL_MS = 20;
const DEFAULT_BATCH = 1_000;

/** History in one SQLite file. */
export class SqliteEventStore implements EventStore {
  /** An append is one transaction, which sees every stream. */
  readonly holds = true;
  private readonly followers = new Set<() => void>();
  private readonly stored: HistoryReader;
  private readonly upcast: HistoryReader;
  private readonly present: ReturnType<typeof upcasting>;
  private readonly writes?: HistoryWriter;
  private readonly closers: (() => void)[] = [];
  private closed = false;
  /** The last event that is shown. */
  private readonly last: () => number = () => this.stored.last();

  /** @throws HistoryDamaged if it isn't what was acknowledged, HistoryUnavailable if it can't be opened now */
  static open(options: SqliteEventStoreOptions): SqliteEventStore {
    const files = historyFiles(options.folder);
    try {
      return new SqliteEventStore(files, options);
    } catch (error) {
      throw inWords(error, files.database);
    }
  }

  private readonly db: DatabaseSync;

  private constructor(
    private readonly files: HistoryFiles,
    {
      folder,
      declarations,
      mode,
      onlyAcknowledged = false,
      crashPoint = noCrash,
      disk = (sync) => sync,
    }: SqliteEventStoreOptions,
  ) {
    try {
      if (mode === 'write') {
        mkdirSync(folder, { recursive: true });
        this.closers.push(takeWriterLock(files.lock, folder, HistoryUnavailable));
      } else if (!hasHistory(folder)) {
        throw new HistoryUnavailable(
          `There is no history in ${folder}. Name another folder, or write one there first.`,
        );
      }
      const head = checkHead(files);
      this.db = mode === 'write' ? openWriter(files.database) : openReader(files.database);
      this.closers.unshift(() => this.db.close());
      this.stored = new HistoryReader(this.db);
      this.present = upcasting(declarations);
      this.upcast = new HistoryReader(this.db, this.present);
      if (mode === 'read') {
        if (onlyAcknowledged) this.last = () => readHead(files.head)?.position ?? 0;
        return;
      }
      const headFile = openHead(files.head, head, (error) => this.writes?.fail(inWords(error, files.head)));
      this.closers.unshift(() => headFile.close());
      const sync = disk(syncOfLog(files.database));
      const writes = new HistoryWriter(this.db, files.database, this.stored, headFile, sync, crashPoint, () =>
        this.wake(),
      );
      this.writes = writes;
      this.last = () => writes.lastAcknowledged;
    } catch (error) {
      for (const step of this.closers) step();
      throw error;
    }
  }

  asStored(): EventStore {
    return {
      append: (stream, events, expected, held) => this.append(stream, events, expected, held),
      holds: this.holds,
      readStream: (stream, options) => this.sliceOf(this.stored, stream, options),
      readAll: (options) => this.batchesOf(this.stored, options),
      follow: (options) => this.following(this.stored, options),
      end: () => this.end(),
      progress: (from, at, to) => this.progress(from, at, to),
      close: () => this.close(),
    };
  }

  async append(
    stream: string,
    events: readonly ToAppend[],
    expected: number,
    held?: readonly Held[],
  ): Promise<Appended> {
    this.refuseIfClosed();
    if (this.writes === undefined) {
      throw new HistoryUnavailable(
        `${this.files.database} was opened for reading. Open it for writing, or ask the process that writes it.`,
      );
    }
    return this.writes.append(stream, events, expected, held);
  }

  readStream(stream: string, options?: StreamOptions): Promise<StreamSlice> {
    return this.sliceOf(this.upcast, stream, options);
  }

  readAll(options?: ReadOptions): AsyncIterable<Batch> {
    return this.batchesOf(this.upcast, options);
  }

  async byShard(options: ByShardOptions): Promise<HistoryByShard> {
    this.refuseIfClosed();
    return PositionsByShard.sort(this.files.database, this.present, options);
  }

  follow(options: FollowOptions): AsyncIterable<Batch> {
    return this.following(this.upcast, options);
  }

  async end(): Promise<string | undefined> {
    return endText(this.reading(() => this.last()));
  }

  progress(from: string | undefined, at: string, to: string): number {
    const [start, here, goal] = [from === undefined ? 0 : positionNumber(from), positionNumber(at), positionNumber(to)];
    return goal <= start ? 1 : Math.min(1, Math.max(0, (here - start) / (goal - start)));
  }

  /** Copies history into a checked file while appends go on; resolves to its end. @param madeAt stands in the copy */
  backup(path: string, madeAt: string): Promise<string | undefined> {
    this.refuseIfClosed();
    return backUp(this.files.database, path, madeAt);
  }

  /** Commits pending appends, ends the followers and closes the files. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.wake();
    await this.writes?.close();
    for (const step of this.closers) step();
  }

  private async sliceOf(reader: HistoryReader, stream: string, options: StreamOptions = {}): Promise<StreamSlice> {
    const slice = this.reading(() => reader.stream(stream, options));
    const newest = options.direction === 'backwards' ? slice.events[0] : slice.events.at(-1);
    // Nobody decides on what a power cut could still take back.
    if (newest !== undefined && this.writes !== undefined && positionNumber(newest.position) > this.last())
      await this.writes.synced();
    return slice;
  }

  private async *batchesOf(reader: HistoryReader, options: ReadOptions = {}): AsyncGenerator<Batch> {
    const { from, direction = 'forwards', batchSize = DEFAULT_BATCH, filter } = options;
    const last = this.reading(() => this.last());
    const forwards = direction === 'forwards';
    let at = from === undefined ? (forwards ? 0 : last + 1) : positionNumber(from);
    while (forwards ? at < last : at > 1) {
      const batch = this.reading(() => {
        const reach = forwards ? reader.forwards(at, last, batchSize, filter) : reader.backwards(at, batchSize, filter);
        at = reach.at;
        return { events: reader.events(reach.rows), position: positionText(reach.at) };
      });
      yield batch;
      await nextTurn(); // so that a long read doesn't block requests
    }
  }

  private async *following(reader: HistoryReader, { from, signal, ...options }: FollowOptions): AsyncGenerator<Batch> {
    let position = from;
    while (!signal.aborted && !this.closed) {
      try {
        for await (const batch of this.batchesOf(reader, { ...options, from: position })) {
          yield batch;
          position = batch.position;
          if (signal.aborted || this.closed) return;
        }
      } catch (error) {
        if (this.closed) return; // a read of a closed store ends its follower
        throw error;
      }
      await this.moreAfter(position === undefined ? 0 : positionNumber(position), signal);
    }
  }

  /** Resolves when there are events after the position, on the signal, or when the store closes. */
  private moreAfter(position: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      const leave = (): void => {
        clearTimeout(timer);
        this.followers.delete(check);
        signal.removeEventListener('abort', done);
      };
      const done = (): void => {
        leave();
        resolve();
      };
      const check = (): void => {
        try {
          if (this.closed || signal.aborted || this.last() > position) return done();
          if (this.writes === undefined) timer = setTimeout(check, POLL_MS); // another process writes
        } catch (error) {
          leave();
          reject(inWords(error, this.files.database));
        }
      };
      this.followers.add(check);
      signal.addEventListener('abort', done);
      check();
    });
  }

  private wake(): void {
    for (const check of [...this.followers]) check();
  }

  private reading<T>(read: () => T): T {
    this.refuseIfClosed();
    try {
      return read();
    } catch (error) {
      throw inWords(error, this.files.database);
    }
  }

  private refuseIfClosed(): void {
    if (this.closed) throw new HistoryUnavailable(`${this.files.database} was closed. Open it again.`);
  }
}
