import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { CrashPoint } from '../../event-sourcing/crash-point.js';
import {
  type CollectionShape,
  type Generation,
  type GenerationChoice,
  GenerationConflict,
  type GenerationStamp,
  NothingLive,
  QueryRefused,
} from '../read-store.js';
import { tableOf } from './columns.js';
import { createIndexes, createTables, createViews, dropTables, dropViews, refuseShapes } from './schema.js';

/** Begins, readies, switches and drops builds; knows which one is live. */
export class Generations {
  /** Shapes never change once begun, so they are read once. */
  private readonly shapes = new Map<number, ReadonlyMap<string, CollectionShape>>();
  private readonly one: StatementSync;
  private readonly liveId: StatementSync;

  constructor(
    private readonly database: DatabaseSync,
    private readonly transact: <R>(work: () => R) => R,
    private readonly crashPoint: CrashPoint,
  ) {
    this.one = database.prepare('SELECT * FROM amends_generations WHERE id = ?');
    this.liveId = database.prepare(`SELECT id FROM amends_generations WHERE status = 'live'`);
  }

  begin(collections: readonly CollectionShape[], stamp: GenerationStamp): Generation {
    refuseShapes(collections);
    return this.transact(() => {
      const { lastInsertRowid } = this.database
        .prepare(`INSERT INTO amends_generations (status, stamp, collections) VALUES ('building', ?, ?)`)
        .run(JSON.stringify(stamp), JSON.stringify(collections));
      const id = Number(lastInsertRowid);
      this.database.exec(createTables(id, collections));
      return this.get(id);
    });
  }

  /** Each index is a step of its own, so that what is served is never kept waiting for all of them. */
  ready(id: number): void {
    const { collections } = this.get(id);
    for (const index of createIndexes(id, collections)) {
      this.transact(() => this.database.exec(index));
      this.crashPoint('read-store: index made');
    }
    // What the planner must know of how values are spread, from samples.
    this.database.exec('PRAGMA analysis_limit = 1000');
    this.transact(() => {
      for (const { name } of collections) this.database.exec(`ANALYZE ${tableOf(id, name)}`);
      this.database
        .prepare(`UPDATE amends_generations SET status = 'ready' WHERE id = ? AND status = 'building'`)
        .run(id);
    });
  }

  switchTo(id: number, expected: number | undefined): void {
    this.transact(() => {
      const live = this.live();
      if (live?.id !== expected) throw new GenerationConflict(expected, live?.id);
      const next = this.get(id);
      if (next.status === 'live') return;
      if (next.status === 'building') throw new Error(`Generation ${id} is still being built. Make it ready first.`);
      if (live) {
        this.setStatus(live.id, 'retired');
        for (const view of dropViews(live.collections)) this.database.exec(view);
      }
      this.crashPoint('read-store: old generation retired');
      this.setStatus(id, 'live');
      for (const view of createViews(id, next.collections)) this.database.exec(view);
      this.crashPoint('read-store: new generation live');
    });
  }

  release(id: number): void {
    this.transact(() => {
      const { status, collections } = this.get(id);
      if (status === 'live') throw new Error(`Generation ${id} is live. Switch to another before releasing it.`);
      for (const table of dropTables(id, collections)) this.database.exec(table);
      this.crashPoint('read-store: tables dropped');
      this.database.prepare('DELETE FROM amends_checkpoints WHERE generation = ?').run(id);
      this.database.prepare('DELETE FROM amends_generations WHERE id = ?').run(id);
    });
    this.shapes.delete(id);
  }

  all(): readonly Generation[] {
    return this.database.prepare('SELECT * FROM amends_generations ORDER BY id').all().map(generationOf);
  }

  live(): Generation | undefined {
    const live = this.liveId.get();
    return live && this.get(Number(live['id']));
  }

  /** @throws QueryRefused where there is no such build. */
  get(id: number): Generation {
    const row = this.one.get(id);
    if (!row) throw new QueryRefused(`There is no generation ${id}. It was released, or never begun.`, 'generation');
    return generationOf(row);
  }

  /** The build that is asked. @throws NothingLive before the first switch. */
  chosen(choice: GenerationChoice): number {
    if (choice !== 'live') return choice;
    const live = this.liveId.get();
    if (!live) throw new NothingLive();
    return Number(live['id']);
  }

  /** @throws QueryRefused where the build has no such read model. */
  shape(id: number, collection: string): CollectionShape {
    const shapes = this.shapesOf(id);
    const shape = shapes.get(collection);
    if (shape) return shape;
    const names = [...shapes.values()].filter(({ internal }) => !internal).map(({ name }) => name);
    throw new QueryRefused(`There is no read model ${JSON.stringify(collection)}. They are ${names.join(', ')}.`);
  }

  private shapesOf(id: number): ReadonlyMap<string, CollectionShape> {
    let shapes = this.shapes.get(id);
    if (!shapes) {
      shapes = new Map(this.get(id).collections.map((shape) => [shape.name, shape]));
      this.shapes.set(id, shapes);
    }
    return shapes;
  }

  private setStatus(id: number, status: Generation['status']): void {
    this.database.prepare('UPDATE amends_generations SET status = ? WHERE id = ?').run(status, id);
  }
}

const generationOf = (row: Record<string, unknown>): Generation => ({
  id: Number(row['id']),
  status: String(row['status']) as Generation['status'],
  stamp: JSON.parse(String(row['stamp'])) as GenerationStamp,
  collections: JSON.parse(String(row['collections'])) as readonly CollectionShape[],
});
