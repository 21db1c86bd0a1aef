import { existsSync, readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import type { CrashPoint } from '../../event-sourcing/crash-point.js';
import { integrityFindings } from '../../sqlite/integrity.js';
import {
  type CollectionShape,
  type Generation,
  type GenerationChoice,
  GenerationConflict,
  type GenerationStamp,
  NothingLive,
  ReadStoreDamaged,
} from '../read-store.js';
import { noSuchGeneration, refuseToWrite } from '../refusals.js';
import { Connection, type Mode } from './connection.js';
import { isBlank, isOlderFormat, refuseBlank, refuseOtherFormat, REGISTER } from './schema.js';

export const THE_REGISTER = 'The register of the read models';

/** Which builds exist, and which is live. It syncs each change, because files follow it. */
export class Register {
  private constructor(
    private readonly path: string,
    private readonly connection: Connection,
    private readonly mode: Mode,
    private readonly crashPoint: CrashPoint,
  ) {}

  /** Whether an older version of Amends made it: all that it lists is made anew from history. */
  static isOutdated(path: string): boolean {
    if (path === ':memory:' || !existsSync(path)) return false;
    const connection = Connection.open(path, 'read');
    try {
      return isOlderFormat(connection.database);
    } finally {
      connection.close();
    }
  }

  static open(path: string, mode: Mode, crashPoint: CrashPoint): Register {
    if (mode === 'read' && !existsSync(path)) throw new ReadStoreDamaged(`${THE_REGISTER} is missing.`, path);
    const connection = mode === 'read' ? Connection.open(path, mode) : Connection.make(path);
    const { database } = connection;
    return connection.closeOnError(() => {
      if (mode === 'write') {
        database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
        connection.transact(() => isBlank(database) && database.exec(REGISTER));
      }
      refuseBlank(database, path, THE_REGISTER);
      refuseOtherFormat(database, path);
      return new Register(path, connection, mode, crashPoint);
    });
  }

  /** @param make makes the file, before others see the build */
  begin(
    collections: readonly CollectionShape[],
    stamp: GenerationStamp,
    make: (generation: Generation) => void,
  ): Generation {
    return this.change(() => {
      const { lastInsertRowid } = this.connection
        .statement(`INSERT INTO amends_generations (status, stamp, collections, begun_on) VALUES ('building', ?, ?, ?)`)
        .run(JSON.stringify(stamp), JSON.stringify(collections), machineStart());
      const id = Number(lastInsertRowid);
      const begun = this.get(id);
      make(begun);
      this.crashPoint('read-store: build made, before it is registered');
      return begun;
    });
  }

  ready(id: number): void {
    const sql = `UPDATE amends_generations SET status = 'ready' WHERE id = ? AND status = 'building'`;
    this.change(() => this.connection.statement(sql).run(id));
  }

  switchTo(id: number, expected: number | undefined): void {
    this.change(() => {
      const live = this.live();
      if (live?.id !== expected) throw new GenerationConflict(expected, live?.id);
      const { status } = this.get(id);
      if (status === 'live') return;
      if (status === 'building') throw new Error(`Generation ${id} is still being built. Make it ready first.`);
      if (live) this.setStatus(live.id, 'retired');
      this.crashPoint('read-store: old generation retired');
      this.setStatus(id, 'live');
      this.crashPoint('read-store: new generation live');
    });
  }

  release(id: number): void {
    this.change(() => {
      if (this.get(id).status === 'live')
        throw new Error(`Generation ${id} is live. Switch to another before releasing it.`);
      this.remove(id);
    });
  }

  /** Removes builds without a file, and those that weren't ready when the machine stopped, because they never sync. */
  removeLost(hasFile: (id: number) => boolean): void {
    const sql = `DELETE FROM amends_generations WHERE status = 'building' AND begun_on <> ?`;
    this.change(() => {
      this.connection.statement(sql).run(machineStart());
      for (const id of this.ids()) if (!hasFile(id)) this.remove(id);
    });
  }

  /** What SQLite finds wrong with the file. */
  integrity(most: number): readonly string[] {
    return integrityFindings(this.connection.database, most);
  }

  all(): readonly Generation[] {
    return this.connection
      .statement('SELECT * FROM amends_generations ORDER BY id')
      .all()
      .map((row) => this.generationOf(row));
  }

  ids(): ReadonlySet<number> {
    const rows = this.connection.statement('SELECT id FROM amends_generations').all();
    return new Set(rows.map(({ id }) => Number(id)));
  }

  live(): Generation | undefined {
    const live = this.connection.statement(`SELECT * FROM amends_generations WHERE status = 'live'`).get();
    return live && this.generationOf(live);
  }

  find(id: number): Generation | undefined {
    const row = this.connection.statement('SELECT * FROM amends_generations WHERE id = ?').get(id);
    return row && this.generationOf(row);
  }

  /** @throws NothingLive before the first switch, QueryRefused for an unknown build */
  chosen(choice: GenerationChoice): number {
    if (choice === 'live') {
      const live = this.connection.statement(`SELECT id FROM amends_generations WHERE status = 'live'`).get();
      if (!live) throw new NothingLive();
      return Number(live['id']);
    }
    if (!this.connection.statement('SELECT 1 FROM amends_generations WHERE id = ?').get(choice))
      throw noSuchGeneration(choice);
    return choice;
  }

  close(): void {
    this.connection.close();
  }

  private get(id: number): Generation {
    const found = this.find(id);
    if (!found) throw noSuchGeneration(id);
    return found;
  }

  private generationOf(row: Record<string, unknown>): Generation {
    const id = Number(row['id']);
    const json = (column: string): unknown => {
      try {
        return JSON.parse(String(row[column]));
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        throw new ReadStoreDamaged(
          `${THE_REGISTER} is damaged: the ${column} of build ${id} is no longer JSON.`,
          this.path,
        );
      }
    };
    return {
      id,
      status: String(row['status']) as Generation['status'],
      stamp: json('stamp') as GenerationStamp,
      collections: json('collections') as readonly CollectionShape[],
    };
  }

  private change<R>(work: () => R): R {
    refuseToWrite(this.mode);
    return this.connection.transact(work);
  }

  private setStatus(id: number, status: Generation['status']): void {
    this.connection.statement('UPDATE amends_generations SET status = ? WHERE id = ?').run(status, id);
  }

  private remove(id: number): void {
    this.connection.statement('DELETE FROM amends_generations WHERE id = ?').run(id);
  }
}

/**
 * Identifies the machine's last boot: files that were not synced before it may be lost or torn. On other systems than
 * Linux it can change without a boot, which costs a rebuild.
 */
const machineStart = (): string =>
  process.platform === 'linux'
    ? readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    : `minute ${Math.round((Date.now() / 1_000 - uptime()) / 60)}`;
