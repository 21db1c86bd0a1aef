import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { LRUCache } from 'lru-cache';
import { transact } from '../../sqlite/transaction.js';

export type Mode = 'write' | 'read';

const WAIT_MS = 10_000;

/** One SQLite database of the read store, with cached statements and transactions. */
export class Connection {
  private readonly statements = new LRUCache<string, StatementSync>({ max: 200 });

  private constructor(readonly database: DatabaseSync) {}

  /** @throws SQLite's error if there is no such file */
  static open(path: string, mode: Mode): Connection {
    const url = pathToFileURL(path);
    url.searchParams.set('mode', mode === 'read' ? 'ro' : 'rw');
    return new Connection(new DatabaseSync(url, { readOnly: mode === 'read', timeout: WAIT_MS }));
  }

  /** Opens a file, or makes it; or ':memory:'. */
  static make(path: string): Connection {
    return new Connection(new DatabaseSync(path, { timeout: WAIT_MS }));
  }

  statement(sql: string): StatementSync {
    let statement = this.statements.get(sql);
    if (!statement) {
      statement = this.database.prepare(sql);
      this.statements.set(sql, statement);
    }
    return statement;
  }

  transact<R>(work: () => R): R {
    return transact(this.database, work);
  }

  /** All reads in it see the same state. */
  snapshot<R>(work: () => R): R {
    return transact(this.database, work, 'BEGIN');
  }

  /** The work's result. Closes the connection if the work fails. */
  closeOnError<R>(work: () => R): R {
    try {
      return work();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    if (this.database.isOpen) this.database.close();
  }
}
