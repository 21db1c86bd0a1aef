import { fdatasyncSync, mkdirSync, openSync, closeSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { handle } from '../../libs/event-store/handle.js';
import { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite-event-store.js';
import type { Sync } from '../../libs/sqlite/log-sync.js';
import { idOf } from '../../libs/event-sourcing/identity.js';
import { isRefusal } from '../../libs/event-sourcing/decider.js';
import { AGGREGATES } from '../../libs/recovery/aggregates.js';
import { DECLARATIONS, type EventToAppend } from '../../libs/recovery/history.js';
import { inTurn, median, rate, syncRate, type Figure, type Size } from './measure.js';
import { syntheticCase } from './synthetic-history.js';

const first = <T>(items: readonly T[]): T => {
  const [item] = items;
  if (item === undefined) throw new Error('There is none.');
  return item;
};

/** Inserts a row like the store's in a bare database: the cost of durability alone. */
function bareDatabase(path: string): { db: DatabaseSync; insert: (event: EventToAppend) => void } {
  const db = new DatabaseSync(path);
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    CREATE TABLE event (position INTEGER PRIMARY KEY, stream TEXT, revision INTEGER, type TEXT, data TEXT, envelope TEXT);
    CREATE INDEX of_stream ON event (stream, revision)`);
  const statement = db.prepare('INSERT INTO event (stream, revision, type, data, envelope) VALUES (?, ?, ?, ?, ?)');
  return {
    db,
    insert: ({ stream, type, data, ...envelope }) => {
      statement.run(stream, 1, type, JSON.stringify(data), JSON.stringify(envelope));
    },
  };
}

const syncs = (folder: string, ms: number): number => {
  const file = openSync(join(folder, 'sync'), 'w');
  const block = Buffer.alloc(4096);
  try {
    return syncRate(ms, () => {
      writeSync(file, block, 0, block.length, 0);
      fdatasyncSync(file);
    });
  } finally {
    closeSync(file);
  }
};

const SLOW_SYNC_MS = 2;

/** Syncs take longer while it is asked to, as on a slow disk. */
class SlowSync {
  private readonly clock = new Int32Array(new SharedArrayBuffer(4));
  private isSlow = false;

  readonly disk = (sync: Sync): Sync => ({
    ...sync,
    now: () => {
      if (this.isSlow) Atomics.wait(this.clock, 0, 0, SLOW_SYNC_MS);
      sync.now();
    },
    later: (done) => {
      if (this.isSlow) setTimeout(() => sync.later(done), SLOW_SYNC_MS);
      else sync.later(done);
    },
  });

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.isSlow = true;
    try {
      return await work();
    } finally {
      this.isSlow = false;
    }
  }
}

/** Appends and commands on SQLite, compared with bare `node:sqlite`. */
export async function historyStore(size: Size, folder: string): Promise<Figure[]> {
  mkdirSync(folder, { recursive: true });
  const ms = size.quick ? 200 : 2_000;
  const disk = new SlowSync();
  const store = SqliteEventStore.open({
    folder: join(folder, 'store'),
    declarations: DECLARATIONS,
    mode: 'write',
    disk: disk.disk,
  });
  const bare = bareDatabase(join(folder, 'bare.db'));
  try {
    // Made before the measurement, which is of storing them.
    const made = Array.from({ length: size.quick ? 30_000 : 250_000 }, (_, i) => first(syntheticCase(i).events));
    let n = 0;
    const nextEvent = (): EventToAppend => {
      const event = made[n++];
      if (event === undefined)
        throw new Error(`Only ${made.length} events were made: this machine is faster than foreseen.`);
      return event;
    };
    const append = await inTurn(
      size.runs,
      () =>
        rate(ms, async () => {
          const event = nextEvent();
          await store.append(event.stream, [event], 0);
        }),
      () => rate(ms, () => bare.insert(nextEvent())),
    );

    const cases = Array.from({ length: size.quick ? 3_000 : 50_000 }, (_, i) => {
      const { stream, events } = syntheticCase(1_000_000 + i);
      return { stream, events: events.slice(0, 5), customer: idOf('bench customer', i % 50_000) };
    });
    await Promise.all(cases.map(({ stream, events }) => store.append(stream, events, 0)));
    const add = bare.db.prepare('INSERT INTO event (stream, revision, type, data, envelope) VALUES (?, ?, ?, ?, ?)');
    bare.db.exec('BEGIN');
    for (const { stream, events } of cases) {
      for (const [at, { type, data, ...envelope }] of events.entries()) {
        add.run(stream, at + 1, type, JSON.stringify(data), JSON.stringify(envelope));
      }
    }
    bare.db.exec('COMMIT');
    const pick = (k: number): (typeof cases)[number] => first(cases.slice(k % cases.length, (k % cases.length) + 1));
    let commands = 0;
    const at = '2031-05-05T09:00:00.000Z';
    const command = async (): Promise<void> => {
      const k = commands++;
      const { stream, customer } = pick(k);
      const done = await handle(store, AGGREGATES.case.decider, {
        stream,
        command: { type: 'AddNote', note: `note ${k}` },
        context: { now: at, actor: { id: 'agent-1', role: 'agent' }, commandId: `bench-${k}`, rules: undefined },
        declarations: DECLARATIONS,
        envelope: { programme: 'service-recovery', shardKey: customer },
      });
      if (isRefusal(done)) throw new Error(done.because);
    };
    const load = bare.db.prepare(
      'SELECT revision, type, data, envelope FROM event WHERE stream = ? ORDER BY revision LIMIT 5',
    );
    let bareCommands = 0;
    const bareCommand = (): void => {
      const k = bareCommands++;
      const { stream, events } = pick(k);
      const state = { open: false, notes: 0, revision: 0 };
      for (const row of load.all(stream) as { revision: number; type: string; data: string; envelope: string }[]) {
        JSON.parse(row.data);
        JSON.parse(row.envelope);
        state.open ||= row.type === 'CaseOpened';
        state.revision = row.revision;
      }
      if (!state.open) throw new Error('The case is not open.');
      const { data: _, ...envelope } = first(events);
      add.run(stream, state.revision + 1, 'NoteAdded', JSON.stringify({ note: `note ${k}` }), JSON.stringify(envelope));
    };
    const one = await inTurn(
      size.runs,
      () => rate(ms, command),
      () => rate(ms, bareCommand),
    );
    const shares: number[] = [];
    const many = await inTurn(
      size.runs,
      async () => {
        const [began, used] = [performance.now(), process.threadCpuUsage()];
        const commandsASecond = await inFlight(16, ms, command);
        const { user, system } = process.threadCpuUsage(used);
        shares.push((user + system) / 1_000 / (performance.now() - began));
        return commandsASecond;
      },
      () => rate(ms, command),
    );
    const onSlowDisk = await inTurn(
      size.runs,
      () => disk.during(() => inFlight(16, ms, command)),
      () => disk.during(() => rate(ms, command)),
    );
    return [
      {
        what: 'append one event, one client',
        unit: 'events/s',
        ours: append.ours,
        against: { name: 'bare durable insert', values: append.against },
        reach: { ratio: 0.85 },
        note: `the disk itself does ${Math.round(syncs(folder, ms)).toLocaleString('en')} fdatasync/s`,
      },
      {
        what: 'command (load 5, decide, append 1), one in flight',
        unit: 'commands/s',
        ours: one.ours,
        against: { name: 'the same by hand on node:sqlite', values: one.against },
        reach: { ratio: 0.75 },
      },
      {
        what: `command, 16 in flight, each sync held up for ${SLOW_SYNC_MS} ms`,
        unit: 'commands/s',
        ours: onSlowDisk.ours,
        against: { name: 'one in flight, held up alike', values: onSlowDisk.against },
        reach: { ratio: 5 },
        note: `the bench waits ${SLOW_SYNC_MS} ms at each sync, beside the sync of this disk`,
      },
      {
        what: 'command, 16 in flight, on this disk',
        unit: 'commands/s',
        ours: many.ours,
        against: { name: 'one in flight', values: many.against },
        note: `the thread computes ${Math.round(median(shares) * 100)} % of the time; in the rest it waits, for the disk or for other work on the machine`,
      },
    ];
  } finally {
    bare.db.close();
    await store.close();
  }
}

/** `width` clients, each of which sends its next command when its last was answered. */
async function inFlight(width: number, ms: number, command: () => Promise<void>): Promise<number> {
  const started = performance.now();
  let n = 0;
  const client = async (): Promise<void> => {
    while (performance.now() - started < ms) {
      await command();
      n++;
    }
  };
  await Promise.all(Array.from({ length: width }, client));
  return (n / (performance.now() - started)) * 1000;
}
