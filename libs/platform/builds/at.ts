import type { BesideProgress } from './work.js';
import type { Beside } from '../stores/open-stores.js';

/** Where work beside is done: on which stores, until which signal, and who is told how far it is. */
export interface At extends Beside {
  readonly signal: AbortSignal;
  onProgress(this: void, progress: BesideProgress): void;
}
