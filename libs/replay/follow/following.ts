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

/** Keeps the read models at the end of history, in this process or in others. */
export abstract class Following {
  /** Call it after a build, a switch or a release. */
  abstract refresh(): Promise<void>;
  /** Waits until the live build has the shard's events up to a position, for at most `deadlineMs`. */
  abstract waitFor(shard: number, position: string, deadlineMs: number, signal?: AbortSignal): Promise<boolean>;
  /** Waits until a build has all of history up to now. */
  abstract caughtUp(generation: number, signal?: AbortSignal): Promise<void>;
  /** Pauses the build during the work. */
  abstract whilePaused<T>(generation: number, work: () => Promise<T>): Promise<T>;
  /** Retries parked events. True: none is parked any more. */
  abstract retry(generation: number, projection: string, key: string): Promise<boolean>;
  /** Skips the event that failed for good, and retries those that waited behind it. */
  abstract skip(generation: number, projection: string, key: string): Promise<boolean>;
  abstract lag(now?: Date): Promise<readonly Lag[]>;
}

/** Another projector folds that shard. */
export class FollowedElsewhere extends Error {
  constructor() {
    super('The projector that folds a shard retries its parked events. Ask each projector at its own address.');
    this.name = 'FollowedElsewhere';
  }
}
