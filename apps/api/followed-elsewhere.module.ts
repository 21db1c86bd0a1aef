import { Global, Module } from '@nestjs/common';
import { ReadModelBuilds } from '../../libs/builds/read-model-builds.js';
import { Readiness } from '../../libs/platform/health/readiness.js';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import { STORES } from '../../libs/platform/stores/stores.module.js';
import { ReadModelsElsewhere } from '../../libs/replay/follow/followed-elsewhere.js';
import { Following } from '../../libs/replay/follow/following.js';
import { ParkedList } from '../../libs/replay/fold/parked.js';

/** For an api whose read models other processes follow. */
@Global()
@Module({
  providers: [
    {
      provide: Following,
      inject: [STORES],
      useFactory: ({ events, reads, ledger }: Stores) => new ReadModelsElsewhere(events, reads, new ParkedList(ledger)),
    },
    {
      provide: ReadModelBuilds,
      inject: [STORES, Following],
      useFactory: (stores: Stores, following: Following) => new ReadModelBuilds(stores, following),
    },
  ],
  exports: [Following, ReadModelBuilds],
})
export class FollowedElsewhereModule {
  constructor(readiness: Readiness, following: Following) {
    readiness.register('readModels', async () => {
      const lag = await following.lag();
      return { up: lag.some(({ status }) => status === 'live'), lag };
    });
  }
}
