import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Recorded } from '../../event-sourcing/event.js';
import { BOUND_LIMIT } from '../../sqlite/limit.js';
import type { EventFilter, StreamOptions, StreamSlice } from '../event-store.js';
import { COLUMNS, rowReader, storedColumns, type EventRow, type StoredRow } from './event-rows.js';

/** The most rows that one query scans, so that requests don't wait for it. */
const FILTER_WINDOW = 20_000;

/** The filter as SQL conditions, to append to others. */
export function passing({ types, categories, shards }: EventFilter): { sql: string; values: string[] } {
  const named = (column: string, names: readonly string[] = []): string =>
    `AND ${column} IN (SELECT id FROM names WHERE name IN (${names.map(() => '?').join(', ')}))`;
  const conditions = [
    types && named('type', types),
    categories && named('category', categories),
    shards && 'AND shard IN (SELECT value FROM json_each(?))',
  ];
  return {
    sql: conditions.filter((condition) => condition !== undefined).join(' '),
    values: [...(types ?? []), ...(categories ?? []), ...(shards ? [JSON.stringify(shards)] : [])],
  };
}

/** Up to so many streams, the reader looks up a category stream by stream. */
const FEW = 1_000;

export interface Reach {
  readonly rows: readonly StoredRow[];
  /** How far the reader has read. */
  readonly at: number;
}

/** Reads on one connection. `present` upcasts a stored event; default: events as they are stored. */
export class HistoryReader {
  private readonly toEvents: (rows: readonly StoredRow[]) => Recorded[];
  private readonly columns: string;
  private readonly statements = new Map<string, StatementSync>();

  constructor(
    private readonly db: DatabaseSync,
    private readonly present = (event: Recorded): Recorded => event,
  ) {
    this.toEvents = rowReader(db);
    this.columns = storedColumns(db);
  }

  /** 0 in an empty history. */
  last(): number {
    return this.number('SELECT max(position) FROM events');
  }

  /** Undefined for a stream that nobody wrote to. */
  streamNamed(name: string): { readonly number: number; readonly revision: number } | undefined {
    const [found] = this.rows<[number, number | null]>(
      'SELECT id, (SELECT max(revision) FROM events WHERE stream = streams.id) FROM streams WHERE name = ?',
      name,
    );
    return found && { number: found[0], revision: found[1] ?? 0 };
  }

  rowAt(position: number): EventRow | undefined {
    return this.rows<EventRow>(`SELECT ${COLUMNS} FROM events WHERE position = ?`, position)[0];
  }

  run(stream: number, after: number, to: number): readonly EventRow[] {
    const sql = `SELECT ${COLUMNS} FROM events WHERE stream = ? AND revision > ? AND revision <= ? ORDER BY revision`;
    return this.rows<EventRow>(sql, stream, after, to);
  }

  stream(name: string, { after, direction = 'forwards', limit = Infinity }: StreamOptions): StreamSlice {
    const forwards = direction === 'forwards';
    const from = after ?? (forwards ? 0 : Number.MAX_SAFE_INTEGER);
    const rows = this.rows<StoredRow>(
      `SELECT ${this.columns} FROM events
       WHERE stream = (SELECT id FROM streams WHERE name = ?) AND revision ${forwards ? '>' : '<'} ?
       ORDER BY revision ${forwards ? 'ASC' : 'DESC'} ${BOUND_LIMIT}`,
      name,
      from,
      limit === Infinity ? -1 : limit,
    );
    const events = this.events(rows);
    if (!forwards || rows.length >= limit) return { events, revision: this.revision(name) };
    // What the limit didn't cut ends where the stream does. An event that came since is not counted: it isn't in the slice.
    return { events, revision: rows.at(-1)?.[3] ?? (from === 0 ? 0 : Math.min(from, this.revision(name))) };
  }

  private revision(stream: string): number {
    return this.streamNamed(stream)?.revision ?? 0;
  }

  forwards(after: number, end: number, most: number, filter?: EventFilter): Reach {
    // What a follower has not read yet is less than its streams, however long those are.
    const isNearEnd = end - after <= most;
    const few = filter?.categories && !isNearEnd ? this.fewStreams(filter.categories) : undefined;
    const to = few ? end : Math.min(end, after + (filter === undefined ? most : Math.max(most, FILTER_WINDOW)));
    const rows = few ? this.ofStreams(few, after, to, most, filter ?? {}) : this.window(after, to, 'ASC', most, filter);
    return { rows, at: rows.length === most ? (rows.at(-1)?.[0] ?? to) : to };
  }

  backwards(before: number, most: number, filter?: EventFilter): Reach {
    const after = Math.max(0, before - 1 - (filter === undefined ? most : Math.max(most, FILTER_WINDOW)));
    const rows = this.window(after, before - 1, 'DESC', most, filter);
    return { rows, at: rows.length === most ? (rows.at(-1)?.[0] ?? after + 1) : after + 1 };
  }

  events(rows: readonly StoredRow[]): Recorded[] {
    return this.toEvents(rows).map((event) => this.present(event));
  }

  /** The streams of categories that have few, such as rules, so that their events are found fast in a long history. */
  private fewStreams(categories: readonly string[]): readonly number[] | undefined {
    const found = categories.flatMap((category) =>
      this.rows<[number]>(
        `SELECT id FROM streams WHERE name = ? OR (name >= ? AND name < ?) LIMIT ${FEW + 1}`,
        category,
        `${category}-`,
        `${category}.`, // the character after the hyphen
      ).map(([id]) => id),
    );
    return found.length > FEW ? undefined : found;
  }

  private ofStreams(
    streams: readonly number[],
    after: number,
    to: number,
    most: number,
    filter: EventFilter,
  ): StoredRow[] {
    const { sql, values } = passing(filter);
    return this.rows<StoredRow>(
      `SELECT ${this.columns} FROM events INDEXED BY events_by_stream
       WHERE stream IN (SELECT value FROM json_each(?)) AND position > ? AND position <= ? ${sql}
       ORDER BY position ${BOUND_LIMIT}`,
      JSON.stringify(streams),
      after,
      to,
      ...values,
      most,
    );
  }

  private window(
    after: number,
    to: number,
    order: 'ASC' | 'DESC',
    most: number,
    filter: EventFilter = {},
  ): StoredRow[] {
    const { sql, values } = passing(filter);
    return this.rows<StoredRow>(
      `SELECT ${this.columns} FROM events WHERE position > ? AND position <= ? ${sql} ORDER BY position ${order} ${BOUND_LIMIT}`,
      after,
      to,
      ...values,
      most,
    );
  }

  private number(sql: string, ...values: (string | number)[]): number {
    const row: unknown = this.statement(sql).get(...values);
    return Array.isArray(row) ? Number(row[0] ?? 0) : 0;
  }

  private rows<Row extends readonly unknown[]>(sql: string, ...values: (string | number)[]): Row[] {
    // The columns are NOT NULL and STRICT, in the row's order.
    return this.statement(sql).all(...values) as unknown as Row[];
  }

  private statement(sql: string): StatementSync {
    let statement = this.statements.get(sql);
    if (statement === undefined) {
      statement = this.db.prepare(sql);
      statement.setReturnArrays(true);
      this.statements.set(sql, statement);
    }
    return statement;
  }
}
