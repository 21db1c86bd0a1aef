import type { GenerationStamp, ReadStore } from '../read-store/read-store.js';
import type { EventStore } from '../event-store/event-store.js';

/** History, to be read only: a rehearsal is given no way to add to it. */
export type History = Pick<EventStore, 'readAll' | 'readStream' | 'end' | 'progress'>;

/** Read models, to be read only: a rehearsal is given no way to change those that are served. */
export type Served = Pick<ReadStore, 'live' | 'checkpoints' | 'scan' | 'group'>;

/** One build to be looked at: which store, and which generation in it. */
export interface Build {
  readonly reads: Pick<ReadStore, 'scan' | 'group'>;
  readonly generation: number;
}

/** By programme, which rule sets hold from when. */
export type Entries = GenerationStamp['ruleBooks'];
