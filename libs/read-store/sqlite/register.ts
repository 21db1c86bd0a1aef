import { existsSync, readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import type { CrashPoint } from '../../event-sourcing/crash-point.js';
import {
  type CollectionShape,
  type Generation,
  type GenerationChoice,
  GenerationConflict,
  type GenerationStamp,
  NothingLive,
} from '../read-store.js';
import { noSuchGeneration, refuseToWrite } from '../refusals.js';
import { Connection, type Mode } from './connection.js';
import { isBlank, refuseOtherFormat, REGISTER } from './schema.js';

/** Which builds exist, and which is live. It syncs each change, because files follow it. */
export class Register {
  private constructor(
    private readonly connection: Connection,
    private readonly mode: Mode,
    private readonly crashPoint: CrashPoint,
  ) {}

  static open(path: string, mode: Mode, crashPoint: CrashPoint): Register {
    if (mode === 'read' && !existsSync(path))
      throw new Error(`There is no read store at ${path}. Amends makes it when it first runs with this folder.`);
    const connection = mode === 'read' ? Connection.open(path, mode) : Connection.make(path);
    const { database } = connection;
    return connection.closeOnError(() => {
      if (mode === 'write') {
        database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
        connection.transact(() => isBlank(database) && database.exec(REGISTER));
      }
      refuseOtherFormat(database, path);
      return new Register(connection, mode, crashPoint);
    });
  }

  /** @param make makes the file, before others see the build */
  begin(collections: readonly CollectionShape[], stamp: GenerationStamp, make: (id: number) => void): Generation {
    return this.change(() => {
      const { lastInsertRowid } = this.connection
        .statement(`INSERT INTO amends_generations (status, stamp, collections, begun_on) VALUES ('building', ?, ?, ?)`)
        .run(JSON.stringify(stamp), JSON.stringify(collections), machineStart());
      const id = Number(lastInsertRowid);
      make(id);
      this.crashPoint('read-store: build made, before it is registered');
      return this.get(id);
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

  all(): readonly Generation[] {
    return this.connection.statement('SELECT * FROM amends_generations ORDER BY id').all().map(generationOf);
  }

  ids(): ReadonlySet<number> {
    const rows = this.connection.statement('SELECT id FROM amends_generations').all();
    return new Set(rows.map(({ id }) => Number(id)));
  }

  live(): Generation | undefined {
    const live = this.connection.statement(`SELECT * FROM amends_generations WHERE status = 'live'`).get();
    return live && generationOf(live);
  }

  find(id: number): Generation | undefined {
    const row = this.connection.statement('SELECT * FROM amends_generations WHERE id = ?').get(id);
    return row && generationOf(row);
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

const generationOf = (row: Record<string, unknown>): Generation => ({
  id: Number(row['id']),
  status: String(row['status']) as Generation['status'],
  stamp: JSON.parse(String(row['stamp'])) as GenerationStamp,
  collections: JSON.parse(String(row['collections'])) as readonly CollectionShape[],
});

/**
 * Identifies the machine's last boot: files that were not synced before it may be lost or torn. On other systems than
 * Linux it can change without a boot, which costs a rebuild.
 */
const machineStart = (): string =>
  process.platform === 'linux'
    ? readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    : `minute ${Math.round((Date.now() / 1_000 - uptime()) / 60)}`;
