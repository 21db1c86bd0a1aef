import {
  Global,
  Inject,
  Injectable,
  Logger,
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Leases } from '../../libs/ledger/leases.js';
import { ReadModelBuilds } from '../../libs/platform/builds/read-model-builds.js';
import { Stopped } from '../../libs/platform/builds/run-beside.js';
import { Readiness } from '../../libs/platform/health/readiness.js';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import { isStoreDown } from '../../libs/platform/stores/store-down.js';
import { STORES } from '../../libs/platform/stores/stores.module.js';
import { LeasedTurn, pause, RENEW_EVERY_MS } from '../../libs/platform/stores/turn.js';
import type { Inputs } from '../../libs/read-models/inputs.js';
import { ReadModelsElsewhere } from '../../libs/replay/followed-elsewhere.js';
import { ReadModelFollower } from '../../libs/replay/follower.js';
import { Following } from '../../libs/replay/following.js';
import { ParkedList } from '../../libs/replay/parked.js';
import { SharedShards } from '../../libs/replay/shared-shards.js';
import { FOLLOWER } from './follower.provider.js';

const LEASES = Symbol('leases');
const STARTED = Symbol('started');

/** Whether history has the rules to start with. */
type Started = () => Promise<boolean>;

/** One of several projectors: folds the shards that fall to it, and takes over those of one that is lost. */
@Injectable()
export class SharedProjectorService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Projector');
  private readonly stopping = new AbortController();
  private readonly shards: SharedShards;
  private running: Promise<unknown> = Promise.resolve();
  private held = 0;
  private failure: string | undefined;

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    @Inject(LEASES) private readonly leases: Leases,
    @Inject(STARTED) private readonly started: Started,
    private readonly follower: ReadModelFollower<Inputs>,
    private readonly builds: ReadModelBuilds,
    private readonly readiness: Readiness,
  ) {
    this.shards = new SharedShards(leases, 'projector');
  }

  onApplicationBootstrap(): void {
    this.running = Promise.all([this.share(), this.bringUpToDate()]);
    this.readiness.register('readModels', async () => {
      const lag = await this.follower.lag();
      const failed = lag.some(({ state }) => state === 'failed');
      const failure = this.failure === undefined ? {} : { failure: this.failure };
      return { up: !failed && this.failure === undefined, shards: this.held, lag, ...failure };
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
    await this.follower.stop();
    await this.shards.leave();
  }

  private async share(): Promise<void> {
    const { signal } = this.stopping;
    for (; !signal.aborted; await pause(RENEW_EVERY_MS, signal))
      try {
        const shards = await this.shards.renew(new Date());
        if (shards.length !== this.held) this.logger.log(`Folds ${shards.length} of the shards`);
        this.held = shards.length;
        await this.follower.share(shards);
      } catch (error) {
        this.logger.warn({ error: wordsOf(error) }, 'The shards could not be shared; it is tried again');
      }
  }

  /** By one of them: the first build, and another where the read models or the rules have changed. */
  private async bringUpToDate(): Promise<void> {
    const { signal } = this.stopping;
    for (; !signal.aborted; await pause(RENEW_EVERY_MS, signal))
      try {
        const served = await this.stores.reads.live();
        if (served === undefined && !(await this.started())) continue; // rules that come now would ask for another build
        await new LeasedTurn(this.leases).during('projector-build', signal, async (turn) => {
          if ((await this.stores.reads.live()) === undefined) await this.builds.bringUpToDateAlone();
          else await this.builds.bringUpToDate({ signal: turn });
        });
        this.failure = undefined;
        return;
      } catch (error) {
        if (error instanceof Stopped) continue; // whoever has its turn next goes on with it
        this.failure = wordsOf(error);
        this.logger.error({ error: this.failure }, 'The read models could not be built');
        if (!isStoreDown(error)) return;
      }
  }
}

const wordsOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));

@Global()
@Module({})
export class SharedProjectorModule {
  static by(leases: Leases, started: Started): DynamicModule {
    return {
      module: SharedProjectorModule,
      providers: [
        SharedProjectorService,
        FOLLOWER,
        { provide: LEASES, useValue: leases },
        { provide: STARTED, useValue: started },
        { provide: Following, useExisting: ReadModelFollower },
        {
          provide: ReadModelBuilds,
          inject: [STORES],
          // A build is up to date when all of them have folded it.
          useFactory: (stores: Stores) =>
            new ReadModelBuilds(
              stores,
              new ReadModelsElsewhere(stores.events, stores.reads, new ParkedList(stores.ledger)),
            ),
        },
      ],
      exports: [Following],
    };
  }
}
