import { DatabaseSync } from 'node:sqlite';
import { transact } from '../../sqlite/transaction.js';
import { HistoryDamaged } from '../event-store.js';

/** "Amnd": marks a history of Amends. */
const APPLICATION_ID = 0x416d6e64;
/** Columns that came after format 1, in their order. Whoever opens an older format for writing adds them. */
const LATER_COLUMNS = [
  { format: 2, name: 'sequence', type: 'REAL' },
  { format: 3, name: 'request_hash', type: 'TEXT' },
];
const SCHEMA_VERSION = 3;

/**
 * Repeated names are stored once and referred to by number. `known_at` and `recorded_at` are NULL if they equal
 * `occurred_at`, the correlation and causation ids if they equal the command's. The view `history` shows whole rows.
 */
const SCHEMA = `
  CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE actors (id INTEGER PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, UNIQUE (name, role)) STRICT;
  CREATE TABLE streams (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    stream INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    type INTEGER NOT NULL,
    category INTEGER NOT NULL,
    schema_version INTEGER NOT NULL,
    shard INTEGER NOT NULL,
    programme INTEGER NOT NULL,
    actor INTEGER NOT NULL,
    imported INTEGER NOT NULL,
    occurred_at TEXT NOT NULL,
    known_at TEXT,
    recorded_at TEXT,
    command_id TEXT NOT NULL,
    correlation_id TEXT,
    causation_id TEXT,
    data TEXT NOT NULL,
    sequence REAL,
    request_hash TEXT
  ) STRICT;
  CREATE UNIQUE INDEX events_by_stream ON events (stream, revision);
  CREATE VIEW history AS
    SELECT e.position, e.id, s.name AS stream, e.revision, t.name AS type, e.schema_version, e.shard,
      p.name AS programme, e.occurred_at, coalesce(e.known_at, e.occurred_at) AS known_at,
      coalesce(e.recorded_at, e.occurred_at) AS recorded_at, a.name AS actor, a.role, e.command_id,
      coalesce(e.correlation_id, e.command_id) AS correlation_id,
      coalesce(e.causation_id, e.command_id) AS causation_id, e.imported, e.data
    FROM events e
    JOIN streams s ON s.id = e.stream JOIN names t ON t.id = e.type
    JOIN names p ON p.id = e.programme JOIN actors a ON a.id = e.actor;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

const pragma = (db: DatabaseSync, name: string): unknown => Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];

/** True for an empty file. @throws HistoryDamaged for another program's file */
export const isBlank = (db: DatabaseSync, path: string): boolean => {
  const application = pragma(db, 'application_id');
  if (application === 0 && pragma(db, 'schema_version') === 0) return true;
  if (application !== APPLICATION_ID) {
    throw new HistoryDamaged(
      `${path} is a database, but not a history of Amends. Name another folder, or restore a back-up.`,
    );
  }
  const format = formatOf(db);
  if (!(format >= 1 && format <= SCHEMA_VERSION)) {
    throw new HistoryDamaged(
      `${path} has format ${format} and this program reads formats up to ${SCHEMA_VERSION}. Run the version of Amends that wrote it.`,
    );
  }
  return false;
};

const formatOf = (db: DatabaseSync): number => Number(pragma(db, 'user_version'));

/** As SQL, NULL for those that this history's format lacks. */
export const laterColumns = (db: DatabaseSync): string =>
  LATER_COLUMNS.map(({ format, name }) => (format <= formatOf(db) ? name : 'NULL')).join(', ');

/** All at once or none. */
const upgrade = (db: DatabaseSync): void => {
  const from = formatOf(db);
  if (from === SCHEMA_VERSION) return;
  const added = LATER_COLUMNS.filter(({ format }) => format > from);
  const columns = added.map(({ name, type }) => `ALTER TABLE events ADD COLUMN ${name} ${type};`);
  transact(db, () => db.exec(`${columns.join('\n')} PRAGMA user_version = ${SCHEMA_VERSION};`));
};

export const openReader = (path: string): DatabaseSync => {
  const db = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
  db.exec('PRAGMA query_only = ON; PRAGMA mmap_size = 1073741824');
  return db;
};

/** The writer itself syncs each commit (log-sync.ts) before it answers. */
export const openWriter = (path: string): DatabaseSync => {
  const db = new DatabaseSync(path, { timeout: 5_000 });
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 67108864');
  if (isBlank(db, path)) transact(db, () => db.exec(SCHEMA));
  else upgrade(db);
  return db;
};
