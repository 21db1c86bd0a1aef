import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Recorded } from '../../event-sourcing/event.js';
import type { ByShardOptions, HistoryByShard } from '../event-store.js';
import { positionNumber, storedColumns, type StoredRow } from './event-rows.js';
import { HistoryReader, passing } from './history-reader.js';
import { inWords } from './sqlite-errors.js';

/** Rows per step, so that requests don't wait. */
const WINDOW = 50_000;

/**
 * History shard by shard: it sorts the events' positions into a temporary table, and reads a shard's events when they
 * are taken. So it neither holds nor copies events.
 */
export class PositionsByShard implements HistoryByShard {
  private constructor(
    private readonly path: string,
    private readonly db: DatabaseSync,
    private readonly reader: HistoryReader,
    readonly shards: readonly number[],
    private readonly ofShard: StatementSync,
  ) {}

  static async sort(
    path: string,
    present: (event: Recorded) => Recorded,
    { filter, upTo, signal, onShare }: ByShardOptions,
  ): Promise<PositionsByShard> {
    const db = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
    try {
      db.exec(`PRAGMA mmap_size = 1073741824; PRAGMA temp_store = FILE;
        CREATE TEMP TABLE places (shard INTEGER, positions TEXT); CREATE INDEX temp.places_by_shard ON places (shard)`);
      const { sql, values } = passing(filter);
      const sort = db.prepare(`INSERT INTO temp.places SELECT shard, json_group_array(position) FROM main.events
        WHERE position > ? AND position <= ? ${sql} GROUP BY shard`);
      const last = upTo === '' ? 0 : positionNumber(upTo);
      for (let at = 0; at < last; at += WINDOW) {
        signal?.throwIfAborted();
        sort.run(at, Math.min(last, at + WINDOW), ...values);
        onShare?.(Math.min(1, (at + WINDOW) / last));
        await nextTurn();
      }
      const rows = db.prepare('SELECT DISTINCT shard FROM temp.places ORDER BY shard').all();
      const shards = rows.map(({ shard }) => Number(shard));
      const ofShard = db.prepare(`SELECT ${storedColumns(db)} FROM main.events
        WHERE position IN (SELECT value FROM temp.places, json_each(positions) WHERE shard = ?) ORDER BY position`);
      ofShard.setReturnArrays(true);
      return new PositionsByShard(path, db, new HistoryReader(db, present), shards, ofShard);
    } catch (error) {
      db.close();
      throw inWords(error, path);
    }
  }

  take(shard: number): readonly Recorded[] {
    try {
      // The columns are NOT NULL and STRICT, in the row's order.
      return this.reader.events(this.ofShard.all(shard) as unknown as StoredRow[]);
    } catch (error) {
      throw inWords(error, this.path);
    }
  }

  close(): void {
    this.db.close();
  }
}
