import type { DatabaseSync } from 'node:sqlite';
import type { CrashPoint } from '../../event-sourcing/crash-point.js';
import { errorText } from '../../event-sourcing/error-text.js';
import type { ToAppend } from '../../event-sourcing/event.js';
import { GroupCommit } from '../../sqlite/group-commit.js';
import type { Sync } from '../../sqlite/log-sync.js';
import { isFatal } from '../../sqlite/sqlite-errors.js';
import { transact } from '../../sqlite/transaction.js';
import { checkedData } from '../append-limits.js';
import { HistoryUnavailable, RevisionConflict, type Appended, type Held } from '../event-store.js';
import { positionText, rowWriter, type EventRow, type RowWriter } from './event-rows.js';
import { hashOfRow, type HeadFile } from './head.js';
import type { HistoryReader } from './history-reader.js';
import { inWords } from './sqlite-errors.js';

interface Append {
  readonly stream: string;
  readonly events: readonly ToAppend[];
  readonly data: readonly string[];
  readonly expected: number;
  readonly held: readonly Held[];
}

/** Enough to spread the cost of a sync; so few that readers aren't kept waiting. */
const MOST_EVENTS_A_GROUP = 5_000;

/** Appends, in groups; each append still stands or fails alone. */
export class HistoryWriter {
  private readonly group: GroupCommit;
  private readonly writer: RowWriter;
  private failure: unknown;
  private position: number;
  /** Of what is committed and not acknowledged yet. */
  private lastRow: EventRow | undefined;
  private last: number;

  constructor(
    private readonly db: DatabaseSync,
    private readonly path: string,
    private readonly reader: HistoryReader,
    private readonly head: HeadFile,
    private readonly sync: Sync,
    private readonly crashPoint: CrashPoint,
    private readonly acknowledged: () => void,
  ) {
    this.position = this.last = reader.last();
    this.writer = rowWriter(db);
    this.group = new GroupCommit((insert) => this.commit(insert), {
      most: MOST_EVENTS_A_GROUP,
      mayBeOneOf: (error) => this.failure === undefined && inWords(error, path) === error,
      sync,
      acknowledge: (error) => this.acknowledge(error),
    });
  }

  /** The position up to which all is on the disk. */
  get lastAcknowledged(): number {
    return this.last;
  }

  /** Resolves once everything that is committed is on the disk. */
  synced(): Promise<void> {
    return this.group.synced();
  }

  async append(
    stream: string,
    events: readonly ToAppend[],
    expected: number,
    held: readonly Held[] = [],
  ): Promise<Appended> {
    // Made text now: what the caller does to the objects afterwards changes nothing.
    const append = { stream, events, data: checkedData(stream, events), expected, held };
    const inserted = this.group.run(() => this.insert(append), events.length);
    const outcome = await inserted.catch((error: unknown) => {
      throw inWords(error, this.path);
    });
    if (outcome instanceof RevisionConflict) throw outcome;
    return outcome;
  }

  /** No append is taken any more. */
  fail(error: unknown): void {
    this.failure ??= error;
  }

  /** Commits and answers everything that was asked for. */
  async close(): Promise<void> {
    await this.group.flush();
    this.sync.close();
  }

  private commit(insert: () => void): void {
    if (this.failure !== undefined) throw this.failure;
    const [position, lastRow] = [this.position, this.lastRow];
    try {
      transact(this.db, () => {
        this.crashPoint('history: before insert');
        insert();
        this.crashPoint('history: after insert, before commit');
      });
    } catch (error) {
      [this.position, this.lastRow] = [position, lastRow];
      this.writer.forget();
      if (isFatal(error) || this.db.isTransaction) this.fail(this.stopped(error));
      throw error;
    }
  }

  /** What is committed is on the disk, and now the head says so. Where it isn't, the next start looks up what is there. */
  private acknowledge(error: unknown): void {
    try {
      if (error !== undefined) throw error;
      this.crashPoint('history: after commit, before head');
      if (this.lastRow !== undefined) this.head.write({ position: this.position, hash: hashOfRow(this.lastRow) });
      this.crashPoint('history: after head, before answer');
    } catch (cause) {
      this.fail(this.stopped(cause));
      throw cause;
    }
    this.lastRow = undefined;
    this.last = this.position;
    this.acknowledged();
  }

  private insert({ stream, events, data, expected, held }: Append): Appended | RevisionConflict {
    const there = this.reader.streamNamed(stream);
    const revision = there?.revision ?? 0;
    if (revision !== expected) {
      const before = there && this.before(there.number, events, expected);
      return before ?? new RevisionConflict(stream, expected, revision);
    }
    for (const other of held) {
      const { revision: actual = 0 } = this.reader.streamNamed(other.stream) ?? {};
      if (actual !== other.revision) return new RevisionConflict(other.stream, other.revision, actual);
    }
    const number = there?.number ?? this.writer.stream(stream);
    for (const [index, event] of events.entries()) {
      this.position += 1;
      this.lastRow = this.writer.insert(event, data[index] ?? '', this.position, number, expected + index + 1);
    }
    return { revision: expected + events.length, position: positionText(this.position) };
  }

  /** The first answer, where these very events were appended at this very place before. */
  private before(stream: number, events: readonly ToAppend[], expected: number): Appended | undefined {
    const there = this.reader.run(stream, expected, expected + events.length);
    const last = there.at(-1);
    if (last === undefined || there.length !== events.length) return undefined;
    if (there.some((row, index) => row[1] !== events[index]?.id)) return undefined;
    return { revision: last[3], position: positionText(last[0]) };
  }

  private stopped(cause: unknown): HistoryUnavailable {
    return new HistoryUnavailable(
      `The history takes no more events since an error (${errorText(inWords(cause, this.path))}). Put it right, then start again.`,
      { cause },
    );
  }
}
