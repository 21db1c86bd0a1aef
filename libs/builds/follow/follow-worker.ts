import { expose } from 'comlink';
import { workerData, type MessagePort } from 'node:worker_threads';
import { errorStack } from '../../event-sourcing/error-text.js';
import { crashAt } from '../../platform/config/crash-at.js';
import type { StorePlaces } from '../../platform/config/store-places.js';
import { openThreadStores } from '../../platform/stores/open-stores.js';
import { followerOn } from './follower-on.js';

/** What the thread is started with. */
export interface FollowOrder {
  readonly places: StorePlaces;
  /** Where it answers. */
  readonly port: MessagePort;
}

const { places, port } = workerData as FollowOrder;
const { AMENDS_CRASH_AT } = process.env;
const stores = await openThreadStores(places, AMENDS_CRASH_AT === undefined ? undefined : crashAt(AMENDS_CRASH_AT));
let tell: (generation: number, error: string) => unknown = () => undefined;
const follower = followerOn(stores, (generation, error) => tell(generation, errorStack(error)));
const pauses = new Map<number, () => void>();
let paused = 0;

/** What the app's thread asks for. Signals and functions stay there. */
const following = {
  refresh: () => follower.refresh(),
  waitFor: (shard: number, position: string, deadlineMs: number) => follower.waitFor(shard, position, deadlineMs),
  retry: (generation: number, projection: string, key: string) => follower.retry(generation, projection, key),
  skip: (generation: number, projection: string, key: string) => follower.skip(generation, projection, key),
  lag: (now: Date) => follower.lag(now),
  onFailure(told: typeof tell): void {
    tell = told;
  },
  /** False: not yet, within that time. */
  async caughtUp(generation: number, withinMs: number): Promise<boolean> {
    const signal = AbortSignal.timeout(withinMs);
    try {
      await follower.caughtUp(generation, signal);
      return true;
    } catch (error) {
      if (signal.aborted && error === signal.reason) return false;
      throw error;
    }
  },
  /** Resolves to the number by which to resume, once the generation is paused. */
  pause: (generation: number): Promise<number> =>
    new Promise((resolve, reject) => {
      const work = (): Promise<void> =>
        new Promise((resume) => {
          pauses.set(++paused, resume);
          resolve(paused);
        });
      follower.whilePaused(generation, work).catch(reject);
    }),
  resume(pause: number): void {
    pauses.get(pause)?.();
    pauses.delete(pause);
  },
  async end(): Promise<void> {
    await follower.stop();
    await stores.close();
  },
};
export type FollowingThere = typeof following;

expose(following, port);
