import type { EventStore } from '../event-store/event-store.js';
import type { ReadStore } from '../read-store/read-store.js';

/** History, read only: a rehearsal can't append to it. */
export type History = Pick<EventStore, 'readAll' | 'byShard' | 'readStream' | 'end' | 'progress'>;

/** A build: a store, and a generation in it. */
export interface Build {
  readonly reads: Pick<ReadStore, 'scan'>;
  readonly generation: number;
}
