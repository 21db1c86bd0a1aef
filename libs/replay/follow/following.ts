import type { Generation } from '../../read-store/read-store.js';

export type FeedState = 'following' | 'behind' | 'failed' | 'stopped';

export interface Lag {
  readonly generation: number;
  readonly status: Generation['status'];
  readonly state: FeedState;
  /** Age of the oldest event not folded yet; 0 at the end of history. */
  readonly seconds: number;
  readonly position: string | undefined;
  /** Cases that wait for an operator, by read model. */
  readonly parked: Readonly<Record<string, number>>;
  readonly error?: string;
}

/** How the read models are kept at the end of history: by this process, or by others. */
export abstract class Following {
  /** To be called after a build, a switch or a release. */
  abstract refresh(): Promise<void>;
  /** Waits until the live build holds what was written to a shard at a position, for at most `deadlineMs`. */
  abstract waitFor(shard: number, position: string, deadlineMs: number, signal?: AbortSignal): Promise<boolean>;
  /** Waits until a build holds all that history has now. */
  abstract caughtUp(generation: number, signal?: AbortSignal): Promise<void>;
  /** The build stands still while this runs. */
  abstract whileHeld<T>(generation: number, work: () => Promise<T>): Promise<T>;
  /** Tries again what a read model could not fold. True: it is in order now. */
  abstract retry(generation: number, projection: string, key: string): Promise<boolean>;
  /** Leaves out the event that could not be folded, for good, and goes on with those that waited behind it. */
  abstract skip(generation: number, projection: string, key: string): Promise<boolean>;
  abstract lag(now?: Date): Promise<readonly Lag[]>;
}

/** Whoever is asked does not fold that shard: another projector does. */
export class FollowedElsewhere extends Error {
  constructor() {
    super(
      'What is parked is tried again by the projector that folds its shard: ask each projector at its own address.',
    );
    this.name = 'FollowedElsewhere';
  }
}
