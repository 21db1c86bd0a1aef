import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { openBeside, openHistory } from '../platform/stores/open-stores.js';
import type { Said, WorkName, WorkOrder, Works } from './work.js';
import { REST, type At } from './at.js';
import type { DirectBuilds } from './direct-builds.js';

type Telling = Pick<At, 'signal' | 'onProgress'>;
type AtHistory = Pick<At, 'events'> & Telling;

// A thread is started for one work: that alone is loaded, as loading all would take longer than most works do.

/** Works that write nothing that is kept. */
type OfHistory = 'rehearseShare' | 'report';

const OF_HISTORY: {
  readonly [N in OfHistory]: (asked: Works[N]['asked'], at: AtHistory) => Promise<Works[N]['done']>;
} = {
  rehearseShare: async (asked, at) => {
    const { rehearseShare } = await import('../rehearsal/share.js');
    const { READ_MODELS } = await import('../read-models/read-models.js');
    return rehearseShare(asked, { ...at, projections: READ_MODELS });
  },
  report: async (asked, at) => (await import('./report-beside.js')).reportBeside(asked, at),
};

type OfStores = Exclude<WorkName, OfHistory>;

const OF_STORES: { readonly [N in OfStores]: (asked: Works[N]['asked'], at: At) => Promise<Works[N]['done']> } = {
  build: async (asked, at) => (await (await directBuilds(at)).build(asked)).id,
  carryOut: async (asked, at) => (await directBuilds(at)).carryOut(asked),
  digest: async ({ generation }, { reads }) => {
    const { digestBuild } = await import('../replay/digest/digest.js');
    return (await digestBuild(reads, generation)).digest;
  },
  rehearse: async (asked, at) => (await import('./rehearse-beside.js')).rehearseBeside(asked, at),
};

/** In steps so short that what is served beside them never waits for long. */
async function directBuilds({ onProgress, ...at }: At): Promise<DirectBuilds> {
  const { DirectBuilds } = await import('./direct-builds.js');
  return new DirectBuilds({ ...at, rest: REST, show: (_what, step) => step(onProgress) });
}

// Who is served goes first. Only Linux has priorities of threads: elsewhere it would be the whole process.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW);

const order = workerData as WorkOrder;
const stopping = new AbortController();
const say = (said: Said): void => parentPort?.postMessage(said);
parentPort?.once('message', () => stopping.abort());
const telling: Telling = {
  signal: stopping.signal,
  onProgress: (progress) => say({ progress }),
};

try {
  say({ done: await done(order) });
} catch (error) {
  const { name: kind, message, stack } = error instanceof Error ? error : new Error(String(error));
  say({ failed: { name: kind, message, ...(stack === undefined ? {} : { stack }) } });
} finally {
  parentPort?.close();
}

// The name decides what is asked, which no type can follow through a table.
async function done({ name, places, asked }: WorkOrder): Promise<unknown> {
  if (name in OF_HISTORY) {
    // History alone is opened: the other stores may be there for reading only.
    const events = await openHistory(places, { mode: 'read' });
    const work = OF_HISTORY[name as OfHistory] as (asked: unknown, at: AtHistory) => Promise<unknown>;
    return work(asked, { events, ...telling }).finally(() => events.close());
  }
  const beside = await openBeside(places);
  const work = OF_STORES[name as OfStores] as (asked: unknown, at: At) => Promise<unknown>;
  return work(asked, { ...beside, ...telling }).finally(() => beside.close());
}
