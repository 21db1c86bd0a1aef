import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { openThreadStores, openHistory } from '../platform/stores/open-stores.js';
import type { ExpectedDigests } from '../replay/digest/expected.js';
import type { DirectBuilds } from './direct-builds.js';
import { REST, type ThreadContext } from './thread-context.js';
import type { ThreadMessage, WorkName, WorkOrder, Works } from './work.js';

type Steps = Pick<ThreadContext, 'signal' | 'onProgress'>;
type HistoryContext = Pick<ThreadContext, 'events'> & Steps;

// A thread does one work and loads what that needs: to load all would take longer than most works do.

/** Works that write nothing that is kept. */
type OfHistory = 'expect' | 'rehearseShare' | 'report';

const OF_HISTORY: {
  readonly [N in OfHistory]: (input: Works[N]['input'], context: HistoryContext) => Promise<Works[N]['output']>;
} = {
  expect: expectedThere,
  rehearseShare: async (input, context) => {
    const { rehearseShare } = await import('../rehearsal/share.js');
    const { READ_MODELS } = await import('../read-models/read-models.js');
    return rehearseShare(input, { ...context, projections: READ_MODELS });
  },
  report: async (input, context) => (await import('./report-of-view.js')).reportOfView(input, context),
};

async function expectedThere(
  { stamp, checkpoints, rests }: Works['expect']['input'],
  { events, signal, onProgress }: HistoryContext,
): Promise<ExpectedDigests> {
  const [{ expectedDigests }, { READ_MODELS }, { Inputs }, { booksOf }, { loadRuleBooks }] = await Promise.all([
    import('../replay/digest/expected.js'),
    import('../read-models/read-models.js'),
    import('../read-models/inputs.js'),
    import('../replay/builds/kept-builds.js'),
    import('../replay/builds/rule-books.js'),
  ]);
  const inputs = new Inputs(booksOf(stamp, await loadRuleBooks(events)));
  return expectedDigests(
    new Map(checkpoints),
    { events, projections: READ_MODELS, inputs, rest: rests ? REST : 0, signal },
    (share, read) => onProgress({ share, events: read }),
  );
}

type OfStores = Exclude<WorkName, OfHistory | 'damages'>;

const OF_STORES: {
  readonly [N in OfStores]: (input: Works[N]['input'], context: ThreadContext) => Promise<Works[N]['output']>;
} = {
  build: async (input, context) => (await (await directBuilds(context)).build(input)).id,
  carryOut: async (input, context) => (await directBuilds(context)).carryOut(input),
  digest: async ({ generation }, { reads }) => {
    const { digestBuild } = await import('../replay/digest/digest.js');
    return (await digestBuild(reads, generation)).digest;
  },
  rehearse: async (input, context) => (await import('./rehearse-to-files.js')).rehearseToFiles(input, context),
};

/** Its steps are so short that requests never wait for long. */
async function directBuilds({ onProgress, ...context }: ThreadContext): Promise<DirectBuilds> {
  const { DirectBuilds } = await import('./direct-builds.js');
  return new DirectBuilds({ ...context, rest: REST, show: (_what, step) => step(onProgress) });
}

// Requests go first. Only Linux has priorities of threads: elsewhere it would be the whole process.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW);

const order = workerData as WorkOrder;
const stopping = new AbortController();
const post = (message: ThreadMessage): void => parentPort?.postMessage(message);
parentPort?.once('message', () => stopping.abort());
const steps: Steps = {
  signal: stopping.signal,
  onProgress: (progress) => post({ progress }),
};

try {
  post({ done: await done(order) });
} catch (error) {
  const { name: kind, message, stack } = error instanceof Error ? error : new Error(String(error));
  post({ failed: { name: kind, message, stack } });
} finally {
  parentPort?.close();
}

// The name decides the input, which no type can follow through a table.
async function done({ name, places, input }: WorkOrder): Promise<unknown> {
  // Opens each store by itself, so that one which can't be opened hides nothing of the others.
  if (name === 'damages') return (await import('../platform/stores/find-damages.js')).findDamages(places);
  if (name in OF_HISTORY) {
    // Opens history alone: the process may have the other stores for reading only.
    const events = await openHistory(places, { mode: 'read' });
    const work = OF_HISTORY[name as OfHistory] as (input: unknown, context: HistoryContext) => Promise<unknown>;
    return work(input, { events, ...steps }).finally(() => events.close());
  }
  const stores = await openThreadStores(places);
  const work = OF_STORES[name as OfStores] as (input: unknown, context: ThreadContext) => Promise<unknown>;
  return work(input, { ...stores, ...steps }).finally(() => stores.close());
}
