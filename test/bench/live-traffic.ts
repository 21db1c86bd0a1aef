import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { idOf } from '../../libs/event-sourcing/identity.js';
import { startRules } from '../../libs/import/starting-rules.js';
import { followerOn } from '../../libs/builds/follow/follower-on.js';
import { ReadModelBuilds } from '../../libs/builds/read-model-builds.js';
import { runInThread, Stopped } from '../../libs/builds/run-in-thread.js';
import { openStores, type Stores } from '../../libs/platform/stores/open-stores.js';
import type { Inputs } from '../../libs/read-models/inputs.js';
import { parseRuleSet } from '../../libs/recovery/rules/parse-rule-set.js';
import { ruleSetHash } from '../../libs/recovery/rules/hash.js';
import type { RuleSet } from '../../libs/recovery/rules/rule-set.js';
import type { ReadModelFollower } from '../../libs/replay/follow/follower.js';
import { type Figure, median, type Size } from './measure.js';
import { syntheticCase } from './synthetic-history.js';

const NOW = '2031-05-05T09:00:00.000Z';
const AT_LEAST = 0.8;

/** The number of clients that append, and of clients that page through queues. */
const CLIENTS = { appending: 8, asking: 2 };

/**
 * Appends and queries of one process, alone, during a build and during a rehearsal: each must keep most of its rate. It
 * alternates many short slices and compares each with the last one alone, so that other work on the machine slows all
 * three.
 */
export async function liveTraffic(size: Size, folder: string): Promise<Figure[]> {
  const stores = await openStores({ folder }, { mode: 'write' });
  try {
    const rules = defaultPack();
    const actor = { id: 'bench', role: 'operator' };
    await startRules(stores.events, { ruleSet: rules, hash: ruleSetHash(rules), now: NOW, actor });
    await fill(stores, size.quick ? 5_000 : 50_000);
    const follower = followerOf(stores);
    const builds = new ReadModelBuilds(stores, follower);
    await builds.serveCurrentAlone();
    await follower.refresh();
    try {
      const ms = size.quick ? 1_000 : 2_000;
      const slices = size.quick ? 4 : 15;
      const rss = process.memoryUsage().rss;
      const alone: Rates[] = [];
      const rebuilding: Rates[] = [];
      const rehearsing: Rates[] = [];
      for (let slice = -1; slice < slices; slice++) {
        const [one, other, third] = [
          await traffic(stores, follower, ms),
          await trafficDuring(stores, follower, 'build', ms),
          await trafficDuring(stores, follower, 'rehearse', ms, rules),
        ];
        if (slice < 0) continue;
        alone.push(one);
        rebuilding.push(other);
        rehearsing.push(third);
      }
      const grown = Math.round((process.memoryUsage().rss - rss) / 1024 / 1024);
      return [
        ...figures('while read models are rebuilt', rebuilding, alone),
        ...figures(
          'while rules are rehearsed',
          rehearsing,
          alone,
          `memory of the whole process, its threads too, grew by ${grown} MiB over all slices`,
        ),
      ];
    } finally {
      await follower.stop();
    }
  } finally {
    await stores.close();
  }
}

interface Rates {
  readonly appends: number;
  readonly queries: number;
  /** Of an append, synced to the disk, in milliseconds. */
  readonly p99: number;
  /** Processor time of the serving thread for an append and its share of the rest, in microseconds. */
  readonly cpu: number;
}

function figures(when: string, rates: readonly Rates[], alone: readonly Rates[], note?: string): Figure[] {
  const row = (what: string, unit: string, of: keyof Rates): Figure => ({
    what: `${what} ${when}`,
    unit,
    ours: rates.map((rate) => rate[of]),
    against: { name: 'the same alone', values: alone.map((rate) => rate[of]) },
  });
  const reach = { ratio: AT_LEAST };
  const cpu = (some: readonly Rates[]): string => median(some.map((one) => one.cpu)).toFixed(0);
  return [
    {
      ...row('appends', 'events/s', 'appends'),
      reach,
      note: `the serving thread used ${cpu(rates)} us of the processor for each, and ${cpu(alone)} alone`,
    },
    { ...row('queue pages', 'pages/s', 'queries'), reach },
    { ...row('p99 of an append', 'ms', 'p99'), ...(note === undefined ? {} : { note }) },
  ];
}

let streams = 0;

/** Runs both kinds of clients until the read models have caught up. */
async function traffic({ events, reads }: Stores, follower: ReadModelFollower<Inputs>, ms: number): Promise<Rates> {
  const until = performance.now() + ms;
  const took: number[] = [];
  let queries = 0;
  const appending = async (): Promise<void> => {
    for (let began = performance.now(); began < until; began = performance.now()) {
      const { stream, events: made } = syntheticCase(1_000_000 + streams++, { open: true });
      await events.append(stream, made.slice(0, 1), 0);
      took.push(performance.now() - began);
    }
  };
  const asking = async (): Promise<void> => {
    for (; performance.now() < until; queries++) {
      const sort = [{ field: 'nextDueAt', direction: 'asc' }] as const;
      await reads.find('queues', { filter: { team: `team-${queries % 8}` }, sort, limit: 50 });
      await setImmediate();
    }
  };
  const began = performance.now();
  const cpu = process.threadCpuUsage();
  await Promise.all([
    ...Array.from({ length: CLIENTS.appending }, appending),
    ...Array.from({ length: CLIENTS.asking }, asking),
  ]);
  const live = await reads.live();
  if (live) await follower.caughtUp(live.id);
  const used = process.threadCpuUsage(cpu);
  const seconds = (performance.now() - began) / 1_000;
  return {
    appends: took.length / seconds,
    queries: queries / seconds,
    p99: took.toSorted((a, b) => a - b)[Math.floor(took.length * 0.99)] ?? NaN,
    cpu: (used.user + used.system) / took.length,
  };
}

/** The same traffic during the work, which starts again if it ends early. */
async function trafficDuring(
  stores: Stores,
  follower: ReadModelFollower<Inputs>,
  work: 'build' | 'rehearse',
  ms: number,
  ruleSet?: RuleSet,
): Promise<Rates> {
  const stop = new AbortController();
  let begun = (): void => undefined;
  const started = new Promise<void>((resolve) => (begun = resolve));
  const options = { places: stores.places, signal: stop.signal, onProgress: () => begun() };
  const once = async (): Promise<unknown> => {
    if (work === 'build') return runInThread('build', { reason: idOf('bench', streams++) }, options);
    const [file, page] = ['rehearsed.json', 'rehearsed.html'].map((name) => join(stores.folder, name));
    if (ruleSet === undefined || file === undefined || page === undefined) throw new Error('No rules to rehearse.');
    const asked = { candidate: { ruleSet }, at: NOW, most: 100, recorded: false, file, page };
    return runInThread('rehearse', asked, options);
  };
  const working = (async () => {
    try {
      while (!stop.signal.aborted) await once();
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
    }
  })();
  await Promise.race([started, working]);
  const rates = await traffic(stores, follower, ms);
  stop.abort();
  await working;
  for (const { id, status } of await stores.reads.generations()) if (status !== 'live') await stores.reads.release(id);
  return rates;
}

const followerOf = (stores: Stores): ReadModelFollower<Inputs> =>
  followerOn(stores, (_, error) => {
    throw error;
  });

function defaultPack(): RuleSet {
  const pack = join(resolve(import.meta.dirname, '../../..'), 'packs/service-recovery.yaml');
  const { ruleSet } = parseRuleSet(readFileSync(pack, 'utf8'));
  if (!ruleSet) throw new Error(`${pack} does not parse.`);
  return ruleSet;
}

async function fill({ events }: Stores, cases: number): Promise<void> {
  for (let from = 0; from < cases; from += 1_000)
    await Promise.all(
      Array.from({ length: Math.min(1_000, cases - from) }, (_, i) => {
        const { stream, events: made } = syntheticCase(from + i, { open: (from + i) % 2 === 0 });
        return events.append(stream, made, 0);
      }),
    );
}
