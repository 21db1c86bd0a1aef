import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { openBeside, openHistory } from '../stores/open-stores.js';
import { READ_MODELS } from '../../read-models/read-models.js';
import { rehearseShare, type ShareFound } from '../../rehearsal/share.js';
import { digestBuild } from '../../replay/digest.js';
import { build } from './build.js';
import { carryOutBeside } from './carry-out-beside.js';
import { rehearseBeside } from './rehearse-beside.js';
import type { Said, WorkName, WorkOrder, Works } from './work.js';
import type { At } from './at.js';

type Doing = {
  readonly [N in Exclude<WorkName, 'rehearseShare'>]: (asked: Works[N]['asked'], at: At) => Promise<Works[N]['done']>;
};

const DOING: Doing = {
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
const telling: Pick<At, 'signal' | 'onProgress'> = {
  signal: stopping.signal,
  onProgress: (progress) => say({ progress }),
};

try {
  say({ done: await (order.name === 'rehearseShare' ? rehearsedShare(order) : done(order)) });
} catch (error) {
  const { name: kind, message, stack } = error instanceof Error ? error : new Error(String(error));
  say({ failed: { name: kind, message, ...(stack === undefined ? {} : { stack }) } });
} finally {
  parentPort?.close();
}

/** History alone is opened for it: the other stores may be there for reading only. */
async function rehearsedShare({ places, asked }: WorkOrder<'rehearseShare'>): Promise<ShareFound> {
  const events = openHistory(places, { mode: 'read' });
  try {
    return await rehearseShare(asked, { events, projections: READ_MODELS, ...telling });
  } finally {
    await events.close();
  }
}

async function done({ name, places, asked }: WorkOrder<keyof Doing>): Promise<unknown> {
  const beside = await openBeside(places);
  try {
    // The name decides what is asked, which no type can follow through a table.
    return await (DOING[name] as (asked: unknown, at: At) => Promise<unknown>)(asked, { ...beside, ...telling });
  } finally {
    await beside.close();
  }
}
