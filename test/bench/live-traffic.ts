import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { idOf } from '../../libs/event-sourcing/identity.js';
import { startRules } from '../../libs/import/starting-rules.js';
import { ReadModelBuilds } from '../../libs/platform/builds/read-model-builds.js';
import { runBeside, Stopped } from '../../libs/platform/builds/run-beside.js';
import { openStores, type Stores } from '../../libs/platform/stores/open-stores.js';
import type { Inputs } from '../../libs/read-models/inputs.js';
import { READ_MODELS } from '../../libs/read-models/read-models.js';
import { parseRuleSet } from '../../libs/recovery/rules/parse-rule-set.js';
import { ruleSetHash } from '../../libs/recovery/rules/hash.js';
import type { RuleSet } from '../../libs/recovery/rules/rule-set.js';
import { booksOf } from '../../libs/replay/bring-up-to-date.js';
import { ReadModelFollower } from '../../libs/replay/follower.js';
import { ParkedList } from '../../libs/replay/parked.js';
import { loadRuleBooks } from '../../libs/replay/rule-books.js';
import type { Figure, Size } from './measure.js';
import { syntheticCase } from './synthetic-history.js';

const NOW = '2031-05-05T09:00:00.000Z';
const AT_LEAST = 0.8;

/** Appends and queries of one process, alone and while it builds or rehearses beside: each must keep most of its rate. */
export async function liveTraffic(size: Size, folder: string): Promise<Figure[]> {
  const stores = await openStores({ folder }, { mode: 'write' });
  try {
    const rules = defaultPack();
    const actor = { id: 'bench', role: 'operator' };
    await startRules(stores.events, { ruleSet: rules, hash: ruleSetHash(rules), now: NOW, actor });
    await fill(stores, size.quick ? 10_000 : 50_000);
    const follower = followerOf(stores);
    const builds = new ReadModelBuilds(stores, follower);
    await builds.bringUpToDateAlone();
    await follower.refresh();
    try {
      const ms = size.quick ? 1_500 : 5_000;
      const rss = process.memoryUsage().rss;
      const alone: Rates[] = [];
      const rebuilding: Rates[] = [];
      const rehearsing: Rates[] = [];
      for (let run = -1; run < size.runs; run++) {
        const [one, other, third] = [
          await traffic(stores, ms),
          await beside(stores, 'build', ms),
          await beside(stores, 'rehearse', ms, rules),
        ];
        if (run < 0) continue;
        alone.push(one);
        rebuilding.push(other);
        rehearsing.push(third);
      }
      const grown = Math.round((process.memoryUsage().rss - rss) / 1024 / 1024);
      const row = (what: string, unit: string, rates: readonly Rates[], of: keyof Rates): Figure => ({
        what,
        unit,
        ours: rates.map((rate) => rate[of]),
        against: { name: 'the same alone', values: alone.map((rate) => rate[of]) },
        reach: { ratio: AT_LEAST },
      });
      return [
        row('appends while read models are rebuilt', 'events/s', rebuilding, 'appends'),
        row('queue pages while read models are rebuilt', 'pages/s', rebuilding, 'queries'),
        row('appends while rules are rehearsed', 'events/s', rehearsing, 'appends'),
        {
          ...row('queue pages while rules are rehearsed', 'pages/s', rehearsing, 'queries'),
          note: `memory of the whole process, its threads too, grew by ${grown} MiB over all runs`,
        },
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
}

let streams = 0;

/** One client that appends and one that pages through queues, side by side, with the read models followed. */
async function traffic({ events, reads }: Stores, ms: number): Promise<Rates> {
  const until = performance.now() + ms;
  const counts = { appends: 0, queries: 0 };
  const appending = async (): Promise<void> => {
    for (; performance.now() < until; counts.appends++) {
      const { stream, events: made } = syntheticCase(1_000_000 + streams++, { open: true });
      await events.append(stream, made.slice(0, 1), 0);
    }
  };
  const asking = async (): Promise<void> => {
    for (; performance.now() < until; counts.queries++) {
      const sort = [{ field: 'nextDueAt', direction: 'asc' }] as const;
      await reads.find('queues', { filter: { team: `team-${counts.queries % 8}` }, sort, limit: 50 });
      await setImmediate();
    }
  };
  const began = performance.now();
  await Promise.all([appending(), asking()]);
  const seconds = (performance.now() - began) / 1_000;
  return { appends: counts.appends / seconds, queries: counts.queries / seconds };
}

/** The same traffic while the work goes on, again and again should it end before. */
async function beside(stores: Stores, work: 'build' | 'rehearse', ms: number, ruleSet?: RuleSet): Promise<Rates> {
  const stop = new AbortController();
  let begun = (): void => undefined;
  const started = new Promise<void>((resolve) => (begun = resolve));
  const options = { places: stores.places, signal: stop.signal, onProgress: () => begun() };
  const once = async (): Promise<unknown> => {
    if (work === 'build') return runBeside('build', { reason: idOf('bench', streams++) }, options);
    const [file, page] = ['rehearsed.json', 'rehearsed.html'].map((name) => join(stores.folder, name));
    if (ruleSet === undefined || file === undefined || page === undefined) throw new Error('No rules to rehearse.');
    const asked = { candidate: { ruleSet }, at: NOW, most: 100, recorded: false, file, page };
    return runBeside('rehearse', asked, options);
  };
  const working = (async () => {
    try {
      while (!stop.signal.aborted) await once();
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
    }
  })();
  await Promise.race([started, working]);
  const rates = await traffic(stores, ms);
  stop.abort();
  await working;
  for (const { id, status } of await stores.reads.generations()) if (status !== 'live') await stores.reads.release(id);
  return rates;
}

function followerOf({ events, reads, ledger }: Stores): ReadModelFollower<Inputs> {
  return new ReadModelFollower<Inputs>({
    events,
    reads,
    projections: READ_MODELS,
    parked: new ParkedList(ledger),
    inputs: async (generation) => {
      const history = await loadRuleBooks(events);
      const stamp = (await reads.generations()).find(({ id }) => id === generation)?.stamp;
      return { rules: stamp === undefined ? history.books : booksOf(stamp, history) };
    },
    onFailure: (_, error) => {
      throw error;
    },
  });
}

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
