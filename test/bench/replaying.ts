import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite-event-store.js';
import { queues } from '../../libs/read-models/queues.js';
import { READ_MODELS } from '../../libs/read-models/read-models.js';
import { timesOfCases } from './fold-by-hand.js';
import { fill, readOnce } from './history-of-cases.js';
import { Inputs } from '../../libs/read-models/inputs.js';
import { SqliteReadStore } from '../../libs/read-store/sqlite/sqlite-read-store.js';
import { DECLARATIONS, type RecordedEvent } from '../../libs/recovery/history.js';
import { rebuild } from '../../libs/replay/builds/rebuild.js';
import type { AnyProjection } from '../../libs/event-sourcing/projection.js';
import { rulesOfDefaultPack } from './default-rules.js';
import { inTurn, median, syncRate, type Figure, type Size } from './measure.js';
import { times } from '../../libs/read-models/times.js';

/** Rebuilds read models from history, and reads a queue with 100,000 open cases. */
export async function replaying(size: Size, folder: string): Promise<Figure[]> {
  mkdirSync(folder, { recursive: true });
  const closed = size.quick ? 6_000 : 100_000;
  const events = SqliteEventStore.open({ folder: join(folder, 'history'), declarations: DECLARATIONS, mode: 'write' });
  try {
    const count = await fill(events, closed);
    const inputs = new Inputs(rulesOfDefaultPack());
    let run = 0;
    const rebuilt = async (projections: readonly AnyProjection<Inputs>[]): Promise<number> => {
      const reads = SqliteReadStore.open({ path: join(folder, `read-${run++}.db`), mode: 'write' });
      const began = performance.now();
      await rebuild({ events, reads, projections, inputs, ruleBooks: {}, reason: 'bench', stepMs: Infinity });
      const seconds = (performance.now() - began) / 1_000;
      await reads.close();
      return count / seconds;
    };
    const one = await inTurn(
      size.runs,
      () => rebuilt([times]),
      () => byHand(events, join(folder, `hand-${run++}.db`), count),
    );
    const all = await inTurn(
      size.runs,
      () => rebuilt(READ_MODELS as readonly AnyProjection<Inputs>[]),
      () => readOnce(events, count),
    );
    return [
      {
        what: 'rebuild one read model (times), persisted',
        unit: 'events/s',
        ours: one.ours,
        against: { name: 'read + parse + fold + bulk write by hand', values: one.against },
        reach: { ratio: 0.6 },
      },
      {
        what: `rebuild all ${READ_MODELS.length} read models together`,
        unit: 'events/s',
        ours: all.ours,
        against: { name: 'history read and parsed once, no folds', values: all.against },
        reach: { atLeast: 100_000 },
        note: `${count.toLocaleString('en')} events; peak memory of the process ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`,
      },
    ];
  } finally {
    await events.close();
  }
}

/** A careful program by hand with one document for each case: no generations, checkpoints or guards. */
async function byHand(events: SqliteEventStore, path: string, count: number): Promise<number> {
  const began = performance.now();
  const db = new DatabaseSync(path);
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
    CREATE TABLE times (id TEXT PRIMARY KEY, document TEXT) WITHOUT ROWID`);
  const documents = new Map<string, ReturnType<typeof timesOfCases>>();
  for await (const batch of events.readAll({ batchSize: 5_000 })) {
    for (const event of batch.events as readonly RecordedEvent[]) {
      documents.set(event.stream, timesOfCases(documents.get(event.stream), event));
    }
  }
  const insert = db.prepare('INSERT INTO times VALUES (?, ?)');
  db.exec('BEGIN');
  for (const [id, document] of documents) insert.run(id, JSON.stringify(document));
  db.exec('COMMIT');
  db.close();
  return (count / (performance.now() - began)) * 1_000;
}

/** The first page of a queue with 100,000 open cases, in each of its sort orders. */
export async function queuePages(size: Size, folder: string): Promise<Figure[]> {
  mkdirSync(folder, { recursive: true });
  const events = SqliteEventStore.open({ folder: join(folder, 'history'), declarations: DECLARATIONS, mode: 'write' });
  const reads = SqliteReadStore.open({ path: join(folder, 'read.db'), mode: 'write' });
  try {
    const cases = size.quick ? 10_000 : 100_000;
    await fill(events, cases, true);
    const inputs = new Inputs(rulesOfDefaultPack());
    const projections = [queues] as readonly AnyProjection<Inputs>[];
    const { id } = await rebuild({
      events,
      reads,
      projections,
      inputs,
      ruleBooks: {},
      reason: 'bench',
      stepMs: Infinity,
    });
    await reads.switchTo(id, undefined);
    const orders = ['nextDueAt', 'priorityRank', 'openedAt'];
    const page = (n: number): ReturnType<SqliteReadStore['find']> =>
      reads.find('queues', {
        filter: { team: `team-${n % 8}` },
        sort: [{ field: orders[n % orders.length] ?? 'nextDueAt', direction: 'asc' }],
        limit: 50,
      });
    const documents: Record<string, unknown>[] = [];
    for await (const batch of reads.scan('queues')) documents.push(...batch.map(({ document }) => document));
    if (documents.length !== cases) throw new Error(`The queue holds ${documents.length} cases, not ${cases}.`);
    const inJavaScript = (n: number): unknown => {
      const order = orders[n % orders.length] ?? 'nextDueAt';
      return documents
        .filter(({ team }) => team === `team-${n % 8}`)
        .sort((a, b) => (String(a[order]) < String(b[order]) ? -1 : 1))
        .slice(0, 50);
    };
    const latencies: number[] = [];
    const ours: number[] = [];
    for (let run = 0; run < size.runs; run++) {
      const began = performance.now();
      const calls = size.quick ? 300 : 2_000;
      for (let n = 0; n < calls; n++) {
        const asked = performance.now();
        const { documents: found } = await page(n);
        latencies.push(performance.now() - asked);
        if (found.length !== 50) throw new Error(`A page held ${found.length} cases, not 50.`);
      }
      ours.push((calls / (performance.now() - began)) * 1_000);
    }
    const asked = await anySortAndFilter(reads, documents[0] ?? {}, size.quick ? 2 : 5);
    const against = Array.from({ length: size.runs }, () => syncRate(size.quick ? 200 : 1_000, inJavaScript));
    const sorted = latencies.toSorted((a, b) => a - b);
    const p99 = sorted[Math.floor(sorted.length * 0.99)] ?? NaN;
    return [
      {
        what: `first page of a queue out of ${cases.toLocaleString('en')} open cases`,
        unit: 'pages/s',
        ours,
        against: { name: 'filter and sort the documents in JavaScript', values: against },
        reach: { ratio: 100 },
      },
      {
        what: 'the same, p99',
        unit: 'ms',
        ours: [p99],
        reach: { atMost: 5 },
        note: `median ${median(latencies).toFixed(2)} ms`,
      },
      {
        what: 'first page by any sort and one filter of the API, the slowest',
        unit: 'ms',
        ours: [asked.slowest.ms],
        reach: { atMost: 5 },
        note: `${asked.slowest.name}; ${asked.within} of ${asked.all} pairs of sort and filter take 5 ms at most, the median of all is ${asked.median.toFixed(2)} ms`,
      },
    ];
  } finally {
    await reads.close();
    await events.close();
  }
}

/** What GET /v1/queue filters by. */
const FILTERS = [
  'programme',
  'team',
  'owner',
  'status',
  'kind',
  'priority',
  'touchpoint',
  'product',
  'waitingOn',
  'toAuthorise',
];

/** Every field, up and down, without a filter and with each of the route's. A pair counts by the slowest of its pages. */
async function anySortAndFilter(reads: SqliteReadStore, sample: Readonly<Record<string, unknown>>, times: number) {
  const sorts = Object.entries(queues.fields).flatMap(([field, type]) =>
    type === 'strings' ? [] : (['asc', 'desc'] as const).map((direction) => ({ field, direction })),
  );
  const filters = [{}, ...FILTERS.map((field) => ({ [field]: (sample[field] ?? null) as string | boolean | null }))];
  const pairs: { name: string; ms: number }[] = [];
  for (const sort of sorts) {
    for (const filter of filters) {
      let ms = 0;
      for (let time = -1; time < times; time++) {
        const began = performance.now();
        await reads.find('queues', { filter, sort: [sort], limit: 50 });
        if (time >= 0) ms = Math.max(ms, performance.now() - began);
      }
      pairs.push({ name: `${sort.field} ${sort.direction}, ${JSON.stringify(filter)}`, ms });
    }
  }
  const slowest = pairs.reduce((worst, pair) => (pair.ms > worst.ms ? pair : worst));
  const within = pairs.filter(({ ms }) => ms <= 5).length;
  return { slowest, within, all: pairs.length, median: median(pairs.map(({ ms }) => ms)) };
}
