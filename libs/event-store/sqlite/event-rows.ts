import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { categoryOf } from '../../event-sourcing/stream-name.js';
import { HistoryDamaged } from '../event-store.js';
import { laterColumns } from './schema.js';
import type { Actor, Recorded, ToAppend } from '../../event-sourcing/event.js';

/** One row of `events`, in the order of COLUMNS. */
export type EventRow = [
  position: number,
  id: string,
  stream: number,
  revision: number,
  type: number,
  schemaVersion: number,
  shard: number,
  programme: number,
  actor: number,
  imported: number,
  occurredAt: string,
  knownAt: string | null,
  recordedAt: string | null,
  commandId: string,
  correlationId: string | null,
  causationId: string | null,
  data: string,
];

/** With what the head's hash omits: the category follows from the stream, and older formats lack the other columns. */
export type StoredRow = [...row: EventRow, category: number, sequence: number | null, requestHash: string | null];

export const COLUMNS = `position, id, stream, revision, type, schema_version, shard, programme, actor, imported,
  occurred_at, known_at, recorded_at, command_id, correlation_id, causation_id, data`;

/** In the order of StoredRow. */
export const storedColumns = (db: DatabaseSync): string => `${COLUMNS}, category, ${laterColumns(db)}`;

const POSITION_DIGITS = 16;
export const positionText = (position: number): string => position.toString().padStart(POSITION_DIGITS, '0');

/** The position of the last event; undefined for 0, in an empty history. */
export const endText = (last: number): string | undefined => (last === 0 ? undefined : positionText(last));

export const positionNumber = (position: string): number => {
  if (!/^\d{16}$/.test(position)) {
    throw new RangeError(
      `A position of this history has ${POSITION_DIGITS} digits, not "${position}". Use one that the history gave.`,
    );
  }
  return Number(position);
};

const rows = (db: DatabaseSync, sql: string): StatementSync => {
  const statement = db.prepare(sql);
  statement.setReturnArrays(true);
  return statement;
};

/** Looks up rows by their numbers; caches at most `most` rows. @param select up to its condition, the number last */
const lookup = <T>(db: DatabaseSync, select: string, from: (row: readonly unknown[]) => T, most: number) => {
  const sql = `${select} WHERE id = ?`;
  const one = rows(db, sql);
  const several = rows(db, `${select} WHERE id IN (SELECT value FROM json_each(?))`);
  const known = new Map<number, T>();
  const keep = (id: number, row: readonly unknown[]): T => {
    const value = from(row);
    if (known.size >= most) known.clear();
    known.set(id, value);
    return value;
  };
  return {
    of: (id: number): T => {
      const found = known.get(id);
      if (found !== undefined) return found;
      const row: unknown = one.get(id);
      if (Array.isArray(row)) return keep(id, row);
      throw new HistoryDamaged(
        `History is damaged: it refers to number ${id}, which doesn't exist (${sql}). Restore a back-up (amends restore).`,
      );
    },
    /** Looks up at once what would be looked up one by one. */
    ahead: (ids: Iterable<number>): void => {
      const unknown = new Set<number>();
      for (const id of ids) if (!known.has(id)) unknown.add(id);
      if (unknown.size < 2) return;
      for (const row of several.all(JSON.stringify([...unknown])) as unknown as unknown[][])
        keep(Number(row.at(-1)), row);
    },
  };
};

/** Turns rows into events, without upcasting. @throws HistoryDamaged for a changed row */
export const rowReader = (db: DatabaseSync): ((rows: readonly StoredRow[]) => Recorded[]) => {
  const names = lookup(db, 'SELECT name, id FROM names', ([value]) => String(value), 10_000);
  const streams = lookup(db, 'SELECT name, id FROM streams', ([value]) => categorised(String(value)), 50_000);
  const actors = lookup(db, 'SELECT name, role, id FROM actors', actorOf, 10_000);
  const toEvent = (row: StoredRow): Recorded => {
    const occurredAt = row[10];
    const commandId = row[13];
    const { name: streamName, category } = streams.of(row[2]);
    const event: { -readonly [Field in keyof Recorded]: Recorded[Field] } = {
      id: row[1],
      type: names.of(row[4]),
      schemaVersion: row[5],
      stream: streamName,
      revision: row[3],
      position: positionText(row[0]),
      shard: row[6],
      programme: names.of(row[7]),
      occurredAt,
      knownAt: row[11] ?? occurredAt,
      recordedAt: row[12] ?? occurredAt,
      actor: actors.of(row[8]),
      commandId,
      correlationId: row[14] ?? commandId,
      causationId: row[15] ?? commandId,
      data: parsed(row),
    };
    const filedUnder = names.of(row[17]);
    if (category !== filedUnder) throw misfiled(event, filedUnder);
    if (row[9] !== 0) event.imported = true;
    if (row[18] !== null) event.sequence = row[18];
    if (row[19] !== null) event.requestHash = row[19];
    return event;
  };
  return (all) => {
    // One by one, finding streams takes half as long as reading their events.
    streams.ahead(all.map((row) => row[2]));
    return all.map(toEvent);
  };
};

const categorised = (name: string) => ({ name, category: categoryOf(name) });

const actorOf = ([id, role]: readonly unknown[]): Actor => Object.freeze({ id: String(id), role: String(role) });

/** A wrong category hides an event from those who follow its stream's category. */
const misfiled = ({ type, revision, stream, position }: Recorded, category: string): HistoryDamaged =>
  new HistoryDamaged(
    `History is damaged: ${type}, revision ${revision} of ${stream}, at position ${position}, is filed under "${category}". Restore a back-up (amends restore).`,
  );

const parsed = (row: StoredRow): object => {
  try {
    const data: unknown = JSON.parse(row[16]);
    if (typeof data === 'object' && data !== null) return data;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new HistoryDamaged(
    `History is damaged: the data of the event at position ${positionText(row[0])} (id ${row[1]}) is no longer a JSON object. Restore a back-up (amends restore).`,
  );
};

/** Finds or inserts a row, and caches its number. Call `forget` after a rollback. */
const numbering = (db: DatabaseSync, table: string, columns: readonly string[], most: number) => {
  const find = rows(db, `SELECT id FROM ${table} WHERE ${columns.map((column) => `${column} = ?`).join(' AND ')}`);
  const add = db.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`);
  const known = new Map<string, number>();
  return {
    forget: () => known.clear(),
    of: (...parts: [string, ...string[]]): number => {
      // With its length, so that no two pairs are alike.
      const key = parts.length === 1 ? parts[0] : `${parts[0].length}:${parts.join('')}`;
      const found = known.get(key);
      if (found !== undefined) return found;
      const row: unknown = find.get(...parts);
      const id = Array.isArray(row) ? Number(row[0]) : Number(add.run(...parts).lastInsertRowid);
      if (known.size >= most) known.clear();
      known.set(key, id);
      return id;
    },
  };
};

export type RowWriter = ReturnType<typeof rowWriter>;

export const rowWriter = (db: DatabaseSync) => {
  const names = numbering(db, 'names', ['name'], 10_000);
  const addStream = db.prepare('INSERT INTO streams (name) VALUES (?)');
  const actors = numbering(db, 'actors', ['name', 'role'], 10_000);
  const insert = db.prepare(
    `INSERT INTO events (${COLUMNS}, category, sequence, request_hash) VALUES (${'?, '.repeat(19)}?)`,
  );
  return {
    /** The number of a stream that has none yet. */
    stream: (name: string) => Number(addStream.run(name).lastInsertRowid),
    /** Inserts the event and returns its row. */
    insert: (event: ToAppend, data: string, position: number, stream: number, revision: number): EventRow => {
      const { occurredAt, commandId } = event;
      const row: EventRow = [
        position,
        event.id,
        stream,
        revision,
        names.of(event.type),
        event.schemaVersion,
        event.shard,
        names.of(event.programme),
        actors.of(event.actor.id, event.actor.role),
        event.imported === true ? 1 : 0,
        occurredAt,
        event.knownAt === occurredAt ? null : event.knownAt,
        event.recordedAt === occurredAt ? null : event.recordedAt,
        commandId,
        event.correlationId === commandId ? null : event.correlationId,
        event.causationId === commandId ? null : event.causationId,
        data,
      ];
      insert.run(...row, names.of(categoryOf(event.stream)), event.sequence ?? null, event.requestHash ?? null);
      return row;
    },
    forget: () => [names, actors].forEach((numbers) => numbers.forget()),
  };
};
