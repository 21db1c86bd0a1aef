import { Worker } from 'node:worker_threads';
import type { StorePlaces } from '../platform/config/store-places.js';
import type { WorkProgress, ThreadMessage, WorkName, WorkOrder, Works } from './work.js';

/** How a caller stops work, between two steps, and learns how far it is. */
export interface Steering {
  readonly signal?: AbortSignal;
  onProgress?(progress: WorkProgress): void;
}

export interface ThreadOptions extends Steering {
  readonly places: StorePlaces;
}

/** Work whose build is kept as far as it got. */
const KEPT: ReadonlySet<WorkName> = new Set<WorkName>(['build', 'carryOut']);

/** The work was stopped before its end. */
export class Stopped extends Error {
  constructor(work: WorkName) {
    super(
      KEPT.has(work)
        ? 'It was stopped. What is built is kept: ask for the same again, and it goes on from there.'
        : 'It was stopped, and nothing of it is kept: asked for again, it begins anew.',
    );
    this.name = 'Stopped';
  }
}

/** Does work in a thread of its own. @throws Stopped, or what went wrong there */
export function runInThread<N extends WorkName>(
  name: N,
  input: Works[N]['input'],
  { places, signal, onProgress }: ThreadOptions,
): Promise<Works[N]['output']> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(new Stopped(name));
    const order = { name, places, input } satisfies Record<keyof WorkOrder, unknown>;
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: order });
    const stop = (): void => worker.postMessage('stop');
    signal?.addEventListener('abort', stop, { once: true });
    let outcome: (() => void) | undefined;
    worker.on('message', (message: ThreadMessage) => {
      if ('progress' in message) onProgress?.(message.progress);
      else if ('done' in message) outcome = () => resolve(message.done as Works[N]['output']);
      else outcome = () => reject(signal?.aborted === true ? new Stopped(name) : errorOf(message.failed));
    });
    worker.once('error', (error) => (outcome ??= () => reject(error)));
    // Only then has the thread closed its files.
    worker.once('exit', (code) => {
      signal?.removeEventListener('abort', stop);
      (outcome ?? (() => reject(new Error(`The thread for ${name} ended with ${code} and said nothing.`))))();
    });
  });
}

function errorOf({ name, message, stack }: Extract<ThreadMessage, { failed: object }>['failed']): Error {
  const error = new Error(message);
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}
