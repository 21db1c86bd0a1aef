import type { EventStore } from '../event-store/event-store.js';
import type { ReadStore } from '../read-store/read-store.js';

/** History, to be read only: a rehearsal is given no way to add to it. */
export type History = Pick<EventStore, 'readAll' | 'byShard' | 'readStream' | 'end' | 'progress'>;

/** One build to be looked at: which store, and which generation in it. */
export interface Build {
  readonly reads: Pick<ReadStore, 'scan'>;
  readonly generation: number;
}
