import type { BesideProgress } from './work.js';
import type { Beside } from '../platform/stores/open-stores.js';

/**
 * How long work beside rests for each time that it worked: two cores are shared by those who are served, one such thread,
 * and garbage collection for both.
 */
export const REST = 0.25;

/** Where work beside is done: on which stores, until which signal, and who is told how far it is. */
export interface At extends Beside {
  readonly signal: AbortSignal;
  onProgress(this: void, progress: BesideProgress): void;
}
