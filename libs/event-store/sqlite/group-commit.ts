import type { DatabaseSync } from 'node:sqlite';
import type { CrashPoint } from '../../event-sourcing/crash-point.js';
import type { ToAppend } from '../../event-sourcing/event.js';
import { isFatal } from '../../sqlite/sqlite-errors.js';
import { checkedData } from '../append-limits.js';
import { HistoryUnavailable, RevisionConflict, type Appended } from '../event-store.js';
import { positionText, rowWriter, type EventRow, type RowWriter } from './event-rows.js';
import { hashOfRow, type HeadFile } from './head.js';
import type { HistoryReader } from './history-reader.js';
import { inWords } from './sqlite-errors.js';

interface Queued {
  readonly stream: string;
  readonly events: readonly ToAppend[];
  readonly data: readonly string[];
  readonly expected: number;
  answer(appended: Appended): void;
  refuse(error: unknown): void;
}

/** Enough to spread the cost of a sync; so few that readers aren't kept waiting. */
const MOST_EVENTS_A_GROUP = 5_000;

/**
 * Appends. All that are asked for in one turn of the event loop become one transaction, so one sync answers many;
 * each still stands or fails alone.
 */
export class GroupCommit {
  private queue: Queued[] = [];
  private scheduled = false;
  private failure: unknown;
  private position: number;
  private readonly writer: RowWriter;
  private readonly begin;
  private readonly commit;

  constructor(
    private readonly db: DatabaseSync,
    private readonly path: string,
    private readonly reader: HistoryReader,
    private readonly head: HeadFile,
    private readonly crashPoint: CrashPoint,
    private readonly committed: () => void,
  ) {
    this.position = reader.last();
    this.writer = rowWriter(db);
    this.begin = db.prepare('BEGIN IMMEDIATE');
    this.commit = db.prepare('COMMIT');
  }

  append(stream: string, events: readonly ToAppend[], expected: number): Promise<Appended> {
    return new Promise((answer, refuse) => {
      // Made text now: what the caller does to the objects afterwards changes nothing.
      this.queue.push({ stream, events, data: checkedData(stream, events), expected, answer, refuse });
      if (this.scheduled) return;
      this.scheduled = true;
      setImmediate(() => {
        this.scheduled = false;
        this.flush();
      });
    });
  }

  /** No append is taken any more. */
  fail(error: unknown): void {
    this.failure ??= error;
  }

  /** Commits everything that was asked for. */
  flush(): void {
    while (this.queue.length > 0) {
      let events = 0;
      const many = this.queue.findIndex((queued) => (events += queued.events.length) > MOST_EVENTS_A_GROUP);
      this.commitGroup(this.queue.splice(0, many === -1 ? this.queue.length : Math.max(1, many)));
    }
  }

  private commitGroup(group: readonly Queued[]): void {
    if (this.failure !== undefined) {
      for (const queued of group) queued.refuse(this.failure);
      return;
    }
    let outcomes: readonly (() => void)[];
    try {
      outcomes = this.transaction(group);
    } catch (error) {
      const refusal = inWords(error, this.path);
      const oneAtFault = refusal === error && this.failure === undefined && group.length > 1;
      if (oneAtFault) for (const queued of group) this.commitGroup([queued]);
      else for (const queued of group) queued.refuse(refusal);
      return;
    }
    for (const outcome of outcomes) outcome();
    this.committed();
  }

  /** Resolves to what is to be answered once all of it is on the disk. */
  private transaction(group: readonly Queued[]): readonly (() => void)[] {
    const before = this.position;
    let last: EventRow | undefined;
    let committed = false;
    try {
      this.begin.run();
      this.crashPoint('history: before insert');
      const outcomes = group.map((queued) => {
        const outcome = this.insert(queued);
        if (outcome instanceof RevisionConflict) return () => queued.refuse(outcome);
        last = outcome.last ?? last;
        return () => queued.answer(outcome.appended);
      });
      this.crashPoint('history: after insert, before commit');
      this.commit.run();
      committed = true;
      this.crashPoint('history: after commit, before head');
      if (last !== undefined) this.head.write({ position: this.position, hash: hashOfRow(last) });
      this.crashPoint('history: after head, before answer');
      return outcomes;
    } catch (error) {
      this.position = before;
      this.writer.forget();
      // Committed, but its head could not be written: what is on the disk is looked up at the next start.
      if (committed || isFatal(error)) this.fail(this.stopped(error));
      this.rollBack();
      throw error;
    }
  }

  private insert({
    stream,
    events,
    data,
    expected,
  }: Queued): { appended: Appended; last?: EventRow } | RevisionConflict {
    const known = this.reader.streamNumber(stream);
    const revision = known === 0 ? 0 : this.reader.revision(known);
    if (revision !== expected) {
      return this.before(known, events, expected) ?? new RevisionConflict(stream, expected, revision);
    }
    const number = known === 0 ? this.writer.stream(stream) : known;
    let last: EventRow | undefined;
    for (const [index, event] of events.entries()) {
      this.position += 1;
      last = this.writer.insert(event, data[index] ?? '', this.position, number, expected + index + 1);
    }
    return { appended: { revision: expected + events.length, position: positionText(this.position) }, last };
  }

  /** The first answer, where these very events were appended at this very place before. */
  private before(stream: number, events: readonly ToAppend[], expected: number): { appended: Appended } | undefined {
    const there = this.reader.run(stream, expected, expected + events.length);
    const last = there.at(-1);
    if (last === undefined || there.length !== events.length) return undefined;
    if (there.some((row, index) => row[1] !== events[index]?.id)) return undefined;
    return { appended: { revision: last[3], position: positionText(last[0]) } };
  }

  private rollBack(): void {
    try {
      if (this.db.isTransaction) this.db.exec('ROLLBACK');
    } catch (error) {
      this.fail(this.stopped(error));
    }
  }

  private stopped(cause: unknown): HistoryUnavailable {
    const because = inWords(cause, this.path);
    return new HistoryUnavailable(
      `The history takes no more events since an error (${because instanceof Error ? because.message : String(because)}). Put it right, then start again.`,
      { cause },
    );
  }
}
