import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { openBeside, openHistory } from '../stores/open-stores.js';
import { READ_MODELS } from '../../read-models/read-models.js';
import { rehearseShare } from '../../rehearsal/share.js';
import { digestBuild } from '../../replay/digest.js';
import { build } from './build.js';
import { carryOutBeside } from './carry-out-beside.js';
import { rehearseBeside } from './rehearse-beside.js';
import { reportBeside } from './report-beside.js';
import type { Said, WorkName, WorkOrder, Works } from './work.js';
import type { At } from './at.js';

type Telling = Pick<At, 'signal' | 'onProgress'>;
type AtHistory = Pick<At, 'events'> & Telling;
/** Works that write nothing that is kept. */
type OfHistory = 'rehearseShare' | 'report';

const OF_HISTORY: {
  readonly [N in OfHistory]: (asked: Works[N]['asked'], at: AtHistory) => Promise<Works[N]['done']>;
} = {
  rehearseShare: (asked, at) => rehearseShare(asked, { ...at, projections: READ_MODELS }),
  report: reportBeside,
};

type OfStores = Exclude<WorkName, OfHistory>;

const OF_STORES: { readonly [N in OfStores]: (asked: Works[N]['asked'], at: At) => Promise<Works[N]['done']> } = {
  build,
  carryOut: carryOutBeside,
  digest: async ({ generation }, { reads }) => (await digestBuild(reads, generation)).digest,
  rehearse: rehearseBeside,
};

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
    const events = openHistory(places, { mode: 'read' });
    const work = OF_HISTORY[name as OfHistory] as (asked: unknown, at: AtHistory) => Promise<unknown>;
    return work(asked, { events, ...telling }).finally(() => events.close());
  }
  const beside = await openBeside(places);
  const work = OF_STORES[name as OfStores] as (asked: unknown, at: At) => Promise<unknown>;
  return work(asked, { ...beside, ...telling }).finally(() => beside.close());
}
