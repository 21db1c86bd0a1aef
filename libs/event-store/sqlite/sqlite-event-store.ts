import { existsSync, mkdirSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { noCrash, type CrashPoint } from '../../event-sourcing/crash-point.js';
import type { EventDeclaration, ToAppend } from '../../event-sourcing/event.js';
import { upcasting } from '../../event-sourcing/upcasting.js';
import { takeWriterLock } from '../../sqlite/writer-lock.js';
import {
  HistoryUnavailable,
  type Appended,
  type Batch,
  type ByShardOptions,
  type EventStore,
  type HistoryByShard,
  type ReadOptions,
  type StreamSlice,
} from '../event-store.js';
import { backUp } from './back-up.js';
import { positionNumber, positionText } from './event-rows.js';
import { openHead } from './head.js';
import { checkHead, historyFiles, type HistoryFiles } from './history-files.js';
import { HistoryReader } from './history-reader.js';
import { HistoryWriter } from './history-writer.js';
import { PlacesByShard } from './places-by-shard.js';
import { openReader, openWriter } from './schema.js';
import { inWords } from './sqlite-errors.js';

export interface SqliteEventStoreOptions {
  /** Holds history.db, history.head and history.lock; made by the writer where it isn't there. */
  readonly folder: string;
  readonly declarations: Readonly<Record<string, EventDeclaration>>;
  /** One process writes; any number read, also while it writes. */
  readonly mode: 'write' | 'read';
  readonly crashPoint?: CrashPoint;
}

/** How soon a reader sees what another process committed. */
const POLL_MS = 20;
const DEFAULT_BATCH = 1_000;

/** History in one SQLite file. */
export class SqliteEventStore implements EventStore {
  private readonly waiting = new Set<() => void>();
  private readonly asItWas: HistoryReader;
  private readonly asOfNow: HistoryReader;
  private readonly present: ReturnType<typeof upcasting>;
  private readonly writes?: HistoryWriter;
  private readonly letGo: (() => void)[] = [];
  private closed = false;

  /**
   * @throws HistoryDamaged when history is not what it was when it was last acknowledged.
   * @throws HistoryUnavailable when it can't be opened now; both say what to do.
   */
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
    { folder, declarations, mode, crashPoint = noCrash }: SqliteEventStoreOptions,
  ) {
    try {
      if (mode === 'write') {
        mkdirSync(folder, { recursive: true });
        this.letGo.push(takeWriterLock(files.lock, folder, HistoryUnavailable));
      } else if (!existsSync(files.database)) {
        throw new HistoryUnavailable(
          `There is no history in ${folder}. Name another folder, or write one there first.`,
        );
      }
      const head = checkHead(files);
      this.db = mode === 'write' ? openWriter(files.database) : openReader(files.database);
      this.letGo.unshift(() => this.db.close());
      this.asItWas = new HistoryReader(this.db, (event) => event);
      this.present = upcasting(declarations);
      this.asOfNow = new HistoryReader(this.db, this.present);
      if (mode === 'read') return;
      const headFile = openHead(files.head, head, (error) => this.writes?.fail(inWords(error, files.head)));
      this.letGo.unshift(() => headFile.close());
      this.writes = new HistoryWriter(this.db, files.database, this.asItWas, headFile, crashPoint, () => this.wake());
    } catch (error) {
      for (const step of this.letGo) step();
      throw error;
    }
  }

  /** The same history, its events in the shape in which they were stored: for seals, which cover what is stored. */
  asStored(): EventStore {
    return {
      append: (stream, events, expected) => this.append(stream, events, expected),
      readStream: (stream, options) => this.sliceOf(this.asItWas, stream, options),
      readAll: (options) => this.batchesOf(this.asItWas, options),
      follow: (options) => this.following(this.asItWas, options),
      end: () => this.end(),
      progress: (from, at, to) => this.progress(from, at, to),
      close: () => this.close(),
    };
  }

  async append(stream: string, events: readonly ToAppend[], expected: number): Promise<Appended> {
    this.refuseIfClosed();
    if (this.writes === undefined) {
      throw new HistoryUnavailable(
        `${this.files.database} was opened for reading. Open it for writing, or ask the process that writes it.`,
      );
    }
    return this.writes.append(stream, events, expected);
  }

  readStream(
    stream: string,
    options?: { after?: number; direction?: 'forwards' | 'backwards'; limit?: number },
  ): Promise<StreamSlice> {
    return this.sliceOf(this.asOfNow, stream, options);
  }

  readAll(options?: ReadOptions): AsyncIterable<Batch> {
    return this.batchesOf(this.asOfNow, options);
  }

  async byShard(options: ByShardOptions): Promise<HistoryByShard> {
    this.refuseIfClosed();
    return PlacesByShard.sort(this.files.database, this.present, options);
  }

  follow(options: Parameters<EventStore['follow']>[0]): AsyncIterable<Batch> {
    return this.following(this.asOfNow, options);
  }

  async end(): Promise<string | undefined> {
    const last = this.reading(() => this.asItWas.last());
    return last === 0 ? undefined : positionText(last);
  }

  progress(from: string | undefined, at: string, to: string): number {
    const [start, here, goal] = [from === undefined ? 0 : positionNumber(from), positionNumber(at), positionNumber(to)];
    return goal <= start ? 1 : Math.min(1, Math.max(0, (here - start) / (goal - start)));
  }

  /**
   * A copy of the whole as it stands, made while events go on being appended; the copy is one file, checked and synced.
   * Resolves to the position of the last event in it.
   * @param madeAt kept in the copy, for whoever restores it
   */
  backup(path: string, madeAt: string): Promise<string | undefined> {
    this.refuseIfClosed();
    return backUp(this.files.database, path, madeAt);
  }

  /** Commits what was asked for, wakes the followers to their end, and lets go of the files. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.writes?.flush();
    this.closed = true;
    this.wake();
    for (const step of this.letGo) step();
  }

  private async sliceOf(
    reader: HistoryReader,
    stream: string,
    options: Parameters<EventStore['readStream']>[1] = {},
  ): Promise<StreamSlice> {
    return this.reading(() => reader.stream(stream, options));
  }

  private async *batchesOf(reader: HistoryReader, options: ReadOptions = {}): AsyncGenerator<Batch> {
    const { from, direction = 'forwards', batchSize = DEFAULT_BATCH, filter } = options;
    const last = this.reading(() => reader.last());
    const forwards = direction === 'forwards';
    let at = from === undefined ? (forwards ? 0 : last + 1) : positionNumber(from);
    while (forwards ? at < last : at > 1) {
      const batch = this.reading(() => {
        const reach = forwards ? reader.forwards(at, last, batchSize, filter) : reader.backwards(at, batchSize, filter);
        at = reach.at;
        return { events: reader.events(reach.rows), position: positionText(reach.at) };
      });
      yield batch;
      await nextTurn(); // a long read must not keep requests waiting
    }
  }

  private async *following(
    reader: HistoryReader,
    { from, signal, ...options }: Parameters<EventStore['follow']>[0],
  ): AsyncGenerator<Batch> {
    let position = from;
    while (!signal.aborted && !this.closed) {
      try {
        for await (const batch of this.batchesOf(reader, { ...options, from: position })) {
          yield batch;
          position = batch.position;
          if (signal.aborted || this.closed) return;
        }
      } catch (error) {
        if (this.closed) return; // while it read on: that is how a follower ends
        throw error;
      }
      await this.movedOn(position === undefined ? 0 : positionNumber(position), signal);
    }
  }

  /** Resolves when there is more after the position, on the signal, and at the end. */
  private movedOn(position: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      const leave = (): void => {
        clearTimeout(timer);
        this.waiting.delete(look);
        signal.removeEventListener('abort', done);
      };
      const done = (): void => {
        leave();
        resolve();
      };
      const look = (): void => {
        try {
          if (this.closed || signal.aborted || this.asItWas.last() > position) return done();
          if (this.writes === undefined) timer = setTimeout(look, POLL_MS); // another process writes
        } catch (error) {
          leave();
          reject(inWords(error, this.files.database));
        }
      };
      this.waiting.add(look);
      signal.addEventListener('abort', done);
      look();
    });
  }

  private wake(): void {
    for (const look of [...this.waiting]) look();
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
