import {
  Global,
  Inject,
  Injectable,
  Logger,
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Leases } from '../../libs/ledger/leases.js';
import { ReadModelBuilds } from '../../libs/builds/read-model-builds.js';
import { Background } from '../../libs/platform/background.js';
import { Readiness } from '../../libs/platform/health/readiness.js';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import { STORES } from '../../libs/platform/stores/stores.module.js';
import { pause, RENEW_EVERY_MS } from '../../libs/platform/stores/turn.js';
import type { Inputs } from '../../libs/read-models/inputs.js';
import { ReadModelsElsewhere } from '../../libs/replay/follow/followed-elsewhere.js';
import { ReadModelFollower } from '../../libs/replay/follow/follower.js';
import { Following } from '../../libs/replay/follow/following.js';
import { ParkedList } from '../../libs/replay/fold/parked.js';
import { SharedShards } from '../../libs/replay/follow/shared-shards.js';
import { FOLLOWER } from './follower.provider.js';

const LEASES = Symbol('leases');

/** One of several projectors: folds its share of the shards, and takes over those of a lost one. */
@Injectable()
class SharedProjectorService extends Background implements OnApplicationBootstrap {
  private readonly logger = new Logger('Projector');
  private readonly shards: SharedShards;
  private held = 0;

  constructor(
    @Inject(LEASES) leases: Leases,
    private readonly follower: ReadModelFollower<Inputs>,
    private readonly readiness: Readiness,
  ) {
    super();
    this.shards = new SharedShards(leases, 'projector');
  }

  onApplicationBootstrap(): void {
    this.run(this.share());
    this.readiness.register('readModels', async () => {
      const lag = await this.follower.lag();
      const failed = lag.some(({ state }) => state === 'failed');
      return { up: !failed, shards: this.held, lag };
    });
  }

  override async beforeApplicationShutdown(): Promise<void> {
    await super.beforeApplicationShutdown();
    await this.follower.stop();
    await this.shards.leave();
  }

  private async share(): Promise<void> {
    for (; !this.stop.aborted; await pause(RENEW_EVERY_MS, this.stop))
      try {
        const shards = await this.shards.renew(new Date());
        if (shards.length !== this.held) this.logger.log(`Folds ${shards.length} of the shards`);
        this.held = shards.length;
        await this.follower.share(shards);
      } catch (error) {
        this.logger.warn({ error: String(error) }, 'Could not share the shards; trying again');
      }
  }
}

@Global()
@Module({})
export class SharedProjectorModule {
  static by(leases: Leases): DynamicModule {
    return {
      module: SharedProjectorModule,
      providers: [
        SharedProjectorService,
        FOLLOWER,
        { provide: LEASES, useValue: leases },
        { provide: Following, useExisting: ReadModelFollower },
        {
          provide: ReadModelBuilds,
          inject: [STORES],
          // A build is up to date once all projectors have folded it.
          useFactory: (stores: Stores) =>
            new ReadModelBuilds(
              stores,
              new ReadModelsElsewhere(stores.events, stores.reads, new ParkedList(stores.ledger)),
            ),
        },
      ],
      exports: [Following, ReadModelBuilds],
    };
  }
}
