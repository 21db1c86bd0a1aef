import type { ThreadStores } from '../platform/stores/open-stores.js';
import type { WorkProgress } from './work.js';

/** A thread's rest for each time it worked: two cores serve requests, one such thread, and garbage collection. */
export const REST = 0.25;

/** What a thread works on: its stores, the signal that stops it, and whom it tells how far it is. */
export interface ThreadContext extends ThreadStores {
  readonly signal: AbortSignal;
  onProgress(this: void, progress: WorkProgress): void;
}
