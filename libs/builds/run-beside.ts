import { Worker } from 'node:worker_threads';
import type { StorePlaces } from '../platform/config/store-places.js';
import type { BesideProgress, Said, WorkName, WorkOrder, Works } from './work.js';

/** How long work is stopped, between two steps, and who is told how far it is. */
export interface Steering {
  readonly signal?: AbortSignal;
  onProgress?(progress: BesideProgress): void;
}

export interface BesideOptions extends Steering {
  readonly places: StorePlaces;
}

/** Works whose build is kept as far as it got. */
const KEPT: ReadonlySet<WorkName> = new Set<WorkName>(['build', 'carryOut']);

/** It was stopped before it was done. */
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

/** Has work done in a thread of its own. @throws Stopped, or what went wrong there. */
export function runBeside<N extends WorkName>(
  name: N,
  asked: Works[N]['asked'],
  { places, signal, onProgress }: BesideOptions,
): Promise<Works[N]['done']> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(new Stopped(name));
    const order = { name, places, asked } satisfies Record<keyof WorkOrder, unknown>;
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: order });
    const stop = (): void => worker.postMessage('stop');
    signal?.addEventListener('abort', stop, { once: true });
    let outcome: (() => void) | undefined;
    worker.on('message', (said: Said) => {
      if ('progress' in said) onProgress?.(said.progress);
      else if ('done' in said) outcome = () => resolve(said.done as Works[N]['done']);
      else outcome = () => reject(signal?.aborted === true ? new Stopped(name) : errorOf(said.failed));
    });
    worker.once('error', (error) => (outcome ??= () => reject(error)));
    // Only now has it let go of its files.
    worker.once('exit', (code) => {
      signal?.removeEventListener('abort', stop);
      (outcome ?? (() => reject(new Error(`The thread for ${name} ended with ${code} and said nothing.`))))();
    });
  });
}

function errorOf({ name, message, stack }: Extract<Said, { failed: object }>['failed']): Error {
  const error = new Error(message);
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}
