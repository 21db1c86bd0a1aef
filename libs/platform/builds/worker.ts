import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { openBeside } from '../stores/open-stores.js';
import { digestBuild } from '../../replay/digest.js';
import { build } from './build.js';
import { carryOutBeside } from './carry-out-beside.js';
import { rehearseBeside } from './rehearse-beside.js';
import type { Said, WorkName, WorkOrder, Works } from './work.js';
import type { At } from './at.js';

type Doing = { readonly [N in WorkName]: (asked: Works[N]['asked'], at: At) => Promise<Works[N]['done']> };

const DOING: Doing = {
  build,
  carryOut: carryOutBeside,
  digest: async ({ generation }, { reads }) => (await digestBuild(reads, generation)).digest,
  rehearse: rehearseBeside,
};

// Who is served goes first. Only Linux has priorities of threads: elsewhere it would be the whole process.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW);

const { name, places, asked } = workerData as WorkOrder;
const stopping = new AbortController();
const say = (said: Said): void => parentPort?.postMessage(said);
parentPort?.once('message', () => stopping.abort());

const beside = await openBeside(places);
try {
  const at: At = { ...beside, signal: stopping.signal, onProgress: (progress) => say({ progress }) };
  // The name decides what is asked, which no type can follow through a table.
  say({ done: await (DOING[name] as (asked: unknown, at: At) => Promise<unknown>)(asked, at) });
} catch (error) {
  const { name: kind, message, stack } = error instanceof Error ? error : new Error(String(error));
  say({ failed: { name: kind, message, ...(stack === undefined ? {} : { stack }) } });
} finally {
  await beside.close();
  parentPort?.close();
}
