import {
  Global,
  Inject,
  Injectable,
  Logger,
  Module,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Readiness } from '../../libs/platform/health/readiness.js';
import { Metrics } from '../../libs/platform/metrics/metrics.js';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import { STORES } from '../../libs/platform/stores/stores.module.js';
import { READ_MODELS } from '../../libs/read-models/read-models.js';
import type { Inputs } from '../../libs/read-models/inputs.js';
import { ReadModelFollower } from '../../libs/replay/follower.js';
import { ParkedList } from '../../libs/replay/parked.js';
import { booksOf } from '../../libs/replay/bring-up-to-date.js';
import { loadRuleBooks } from '../../libs/replay/rule-books.js';
import { Stopped } from '../../libs/platform/builds/run-beside.js';
import { ReadModelBuilds } from '../../libs/platform/builds/read-model-builds.js';

/** Keeps the read models at the end of history; a start finishes what a crash or an upgrade left to be built. */
@Injectable()
export class ProjectorService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Projector');
  private readonly stopping = new AbortController();
  private updating: Promise<void> = Promise.resolve();
  private failure: string | undefined;

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    readonly follower: ReadModelFollower<Inputs>,
    private readonly builds: ReadModelBuilds,
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const served = await this.stores.reads.live();
    const atOnce = served === undefined || (await this.builds.kept()) !== undefined;
    if (atOnce) await this.builds.bringUpToDateAlone();
    await this.follower.refresh();
    if (!atOnce) this.updating = this.update();
    this.readiness.register('readModels', async () => {
      const lag = await this.follower.lag();
      const live = lag.find(({ status }) => status === 'live');
      const failure = this.failure === undefined ? {} : { failure: this.failure };
      return { up: live !== undefined && live.state !== 'failed' && this.failure === undefined, lag, ...failure };
    });
    this.metrics.gauge(
      'amends_read_models_lag_seconds',
      'Age of the oldest event that a generation has not folded',
      async (gauge) => {
        for (const { generation, seconds } of await this.follower.lag()) gauge.labels(String(generation)).set(seconds);
      },
      ['generation'],
    );
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.updating;
    await this.follower.stop();
  }

  /** The build before is served until the one that fits is made. */
  private async update(): Promise<void> {
    this.logger.warn('The read models or the rules have changed: building them again, serving the build before');
    try {
      const { id } = await this.builds.bringUpToDate({ signal: this.stopping.signal });
      this.logger.log(`Generation ${id} of the read models is live`);
    } catch (error) {
      if (error instanceof Stopped) return; // the next start goes on with it
      const because = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.logger.error({ error: because }, 'The read models could not be built again');
      this.failure = because;
    }
  }
}

@Global()
@Module({
  providers: [
    ProjectorService,
    {
      provide: ReadModelBuilds,
      inject: [STORES, ReadModelFollower],
      useFactory: (stores: Stores, follower: ReadModelFollower<Inputs>) => new ReadModelBuilds(stores, follower),
    },
    {
      provide: ReadModelFollower,
      inject: [STORES],
      useFactory: ({ events, reads, ledger }: Stores) => {
        const logger = new Logger('Projector');
        return new ReadModelFollower<Inputs>({
          events,
          reads,
          projections: READ_MODELS,
          parked: new ParkedList(ledger),
          inputs: async (generation) => {
            const history = await loadRuleBooks(events);
            const stamp = (await reads.generations()).find(({ id }) => id === generation)?.stamp;
            return { rules: stamp === undefined ? history.books : booksOf(stamp, history) };
          },
          onFailure: (generation, error) => {
            const because = error instanceof Error ? (error.stack ?? error.message) : String(error);
            logger.error({ generation, error: because }, 'The read models are no longer followed');
          },
        });
      },
    },
  ],
  exports: [ReadModelFollower, ReadModelBuilds],
})
export class ProjectorModule {}
