import { Commands } from '../../libs/commands/commands.js';
import { isRefusal } from '../../libs/event-sourcing/decider.js';
import { idOf } from '../../libs/event-sourcing/identity.js';
import { ALL_SHARDS } from '../../libs/event-sourcing/shard.js';
import { openStores, type Stores } from '../../libs/platform/stores/open-stores.js';
import { clocks } from '../../libs/read-models/clocks.js';
import type { AnyReadModel } from '../../libs/read-models/read-models.js';
import { queues } from '../../libs/read-models/queues.js';
import { Inputs } from '../../libs/read-models/inputs.js';
import { booksOf, RESOLVE, rulesOf } from '../../libs/recovery/clocks/case-clocks.testing.js';
import { switchGeneration } from '../../libs/replay/builds/generations.js';
import { catchUp } from '../../libs/replay/builds/rebuild.js';
import { shapesOf } from '../../libs/replay/fold/projections.js';
import { Timekeeper } from '../../apps/reactor/timekeeper.js';
import type { Figure, Size } from './measure.js';

const BEGAN = Date.parse('2031-05-05T09:00:00.000Z');
const after = (seconds: number): string => new Date(BEGAN + seconds * 1_000).toISOString();
const BOOKS = booksOf([null, rulesOf([{ ...RESOLVE, stop: { acknowledged: true } }])]);
const READ: readonly AnyReadModel[] = [clocks, queues];
const DAY = 86_400;
const TICKS = 200;
const AT_ONCE = 1_000;
const DOCUMENTS_AT_A_TIME = 10_000;

/** What a look for what is due costs, by how many clocks are open, and how long many breaches at one instant take. */
export async function time(size: Size, folder: string): Promise<Figure[]> {
  const [few, many] = size.quick ? [1_000, 100_000] : [10_000, 1_000_000];
  const [atFew, atMany] = [await ticksWith(few, size, `${folder}-few`), await ticksWith(many, size, `${folder}-many`)];
  return [
    {
      what: `looks for what is due, with ${many.toLocaleString('en')} open clocks and none due`,
      unit: 'looks/s',
      ours: atMany,
      against: { name: `with ${few.toLocaleString('en')}`, values: atFew },
      reach: { ratio: 0.8 },
    },
    {
      what: `${AT_ONCE.toLocaleString('en')} breaches at one instant, all recorded`,
      unit: 's',
      ours: await breachesAtOnce(size, `${folder}-breaches`),
      reach: { atMost: 2 },
    },
  ];
}

/** The clock is the caller's. */
class Desk {
  now = after(0);
  recorded = 0;

  private constructor(
    readonly stores: Stores,
    readonly commands: Commands,
    readonly timekeeper: Timekeeper,
  ) {}

  static async open(folder: string): Promise<Desk> {
    const stores = await openStores({ folder }, { mode: 'write' });
    const { events, reads, ledger, personal } = stores;
    let desk: Desk | undefined = undefined;
    const now = (): string => (desk as Desk | undefined)?.now ?? after(0);
    const commands = new Commands({ events, personal, now, rules: () => BOOKS, operators: () => Promise.resolve(1) });
    const timekeeper = new Timekeeper({
      ...{ events, reads, ledger, commands, timeZoneData: '', now },
      rules: { reload: () => Promise.resolve(), books: () => BOOKS },
      onRecorded: () => void (desk as Desk | undefined)!.recorded++,
      onSetAside: (_, because) => {
        throw new Error(because);
      },
    });
    return (desk = new Desk(stores, commands, timekeeper));
  }

  /** An empty build of the clocks. */
  async begin(): Promise<number> {
    const { reads } = this.stores;
    const stamp = { ruleBooks: {}, reason: 'bench', madeAt: this.now };
    return (await reads.begin(shapesOf(READ), stamp)).id;
  }

  async serve(generation: number): Promise<void> {
    await this.stores.reads.ready(generation);
    await switchGeneration(this.stores.reads, generation);
    await this.timekeeper.tick();
  }
}

/** In looks a second, by run. All clocks fall due the next day and later, one each second. */
async function ticksWith(open: number, size: Size, folder: string): Promise<number[]> {
  const desk = await Desk.open(folder);
  try {
    const { reads } = desk.stores;
    const generation = await desk.begin();
    for (let from = 0; from < open; from += DOCUMENTS_AT_A_TIME) {
      const writes = Array.from({ length: Math.min(DOCUMENTS_AT_A_TIME, open - from) }, (_, n) => openClock(from + n));
      await reads.flush(generation, { shards: ALL_SHARDS, position: '', writes });
    }
    await desk.serve(generation);
    const perSecond: number[] = [];
    // The first run warms up.
    for (let run = -1, seconds = 0; run < size.runs; run++) {
      const began = performance.now();
      for (let tick = 0; tick < TICKS; tick++) {
        desk.now = after(++seconds);
        await desk.timekeeper.tick();
      }
      if (run >= 0) perSecond.push((TICKS / (performance.now() - began)) * 1_000);
    }
    if (desk.recorded > 0) throw new Error(`${desk.recorded} were recorded, and none was due.`);
    return perSecond;
  } finally {
    await desk.stores.close();
  }
}

const openClock = (n: number) => {
  const dueAt = after(DAY + n);
  const document = {
    ...{ case: `k${n}`, programme: 'care', target: 'resolve', cycle: 1, reply: null, state: 'running', met: null },
    ...{ kind: 'recover', priority: 'normal', owner: 'ana', openedAt: after(0), startedAt: after(0), pauses: [] },
    ...{ originalDueAt: dueAt, dueAt, breachedFrom: dueAt, warnAt: after(DAY / 2 + n), missedDueAt: null },
  };
  return { collection: 'clocks', id: `k${n}:resolve:1`, shard: n % ALL_SHARDS.length, position: '', document };
};

/** In seconds, by run: each has cases of its own, which were opened at one instant. */
async function breachesAtOnce(size: Size, folder: string): Promise<number[]> {
  const desk = await Desk.open(folder);
  try {
    const { events, reads } = desk.stores;
    const generation = await desk.begin();
    await desk.serve(generation);
    const inputs = new Inputs(BOOKS);
    const seconds: number[] = [];
    for (let run = 0; run < size.runs; run++) {
      // Due after four hours of the same day.
      desk.now = after(7 * DAY * run + 1);
      const opened = Array.from({ length: AT_ONCE }, (_, n) => openCase(desk, `${run}-${n}`));
      await Promise.all(opened);
      await catchUp(generation, { events, reads, projections: READ, inputs });
      desk.now = after(7 * DAY * run + 4 * 3_600 - 60);
      await desk.timekeeper.tick();
      const before = desk.recorded;
      desk.now = after(7 * DAY * run + 4 * 3_600 + 60);
      const began = performance.now();
      await desk.timekeeper.tick();
      seconds.push((performance.now() - began) / 1_000);
      if (desk.recorded - before !== AT_ONCE) throw new Error(`${desk.recorded - before} were recorded.`);
    }
    return seconds;
  } finally {
    await desk.stores.close();
  }
}

async function openCase({ commands }: Desk, id: string): Promise<void> {
  const outcome = await commands.execute({
    ...{ aggregate: 'case', id, programme: 'care', customer: `customer of ${id}` },
    command: {
      ...{ type: 'OpenCase', case: id, customer: `customer of ${id}` },
      ...{ kind: 'recover', priority: 'high', tags: [], owner: 'ana' },
    },
    ...{ actor: { id: 'ana', role: 'agent' }, commandId: idOf('bench', id) },
  });
  if (isRefusal(outcome)) throw new Error(outcome.because);
}
