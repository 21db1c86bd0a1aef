import { Logger, type FactoryProvider } from '@nestjs/common';
import { followerOn } from '../../libs/builds/follow/follower-on.js';
import { FollowingInThread } from '../../libs/builds/follow/following-in-thread.js';
import { errorStack } from '../../libs/event-sourcing/error-text.js';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import { STORES } from '../../libs/platform/stores/stores.module.js';
import type { Inputs } from '../../libs/read-models/inputs.js';
import { ReadModelFollower } from '../../libs/replay/follow/follower.js';

const logger = new Logger('Projector');
const onFailure = (generation: number, error: unknown): void =>
  logger.error(
    { generation, error: typeof error === 'string' ? error : errorStack(error) },
    'The read models are no longer followed',
  );

/** Folds history into the kept builds in this thread. */
export const FOLLOWER: FactoryProvider<ReadModelFollower<Inputs>> = {
  provide: ReadModelFollower,
  inject: [STORES],
  useFactory: (stores: Stores) => followerOn(stores, onFailure),
};

/** The same in a thread of its own, for a process that serves requests. */
export const FOLLOWER_IN_THREAD: FactoryProvider<FollowingInThread> = {
  provide: FollowingInThread,
  inject: [STORES],
  useFactory: ({ places }: Stores) => new FollowingInThread(places, onFailure),
};
