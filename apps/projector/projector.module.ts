import { Global, Inject, Injectable, Logger, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { errorStack } from '../../libs/event-sourcing/error-text.js';
import { Background } from '../../libs/platform/background.js';
import { Readiness } from '../../libs/platform/health/readiness.js';
import { Metrics } from '../../libs/platform/metrics/metrics.js';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import { pause } from '../../libs/platform/stores/turn.js';
import { STORES } from '../../libs/platform/stores/stores.module.js';
import { FollowingInThread } from '../../libs/builds/follow/following-in-thread.js';
import { Following } from '../../libs/replay/follow/following.js';
import { Stopped } from '../../libs/builds/run-in-thread.js';
import { ReadModelBuilds } from '../../libs/builds/read-model-builds.js';
import { FOLLOWER_IN_THREAD } from './follower.provider.js';

const LOOK_EVERY_MS = 2_000;

/** Keeps the read models at the end of history. A start finishes builds after a crash or an upgrade. */
@Injectable()
class ProjectorService extends Background implements OnApplicationBootstrap {
  private readonly logger = new Logger('Projector');
  private failure: string | undefined;

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly follower: FollowingInThread,
    private readonly builds: ReadModelBuilds,
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
  ) {
    super();
  }

  async onApplicationBootstrap(): Promise<void> {
    const served = await this.stores.reads.live();
    const atOnce = served === undefined || (await this.builds.kept()) !== undefined;
    if (atOnce) await this.builds.serveCurrentAlone();
    await this.follower.refresh();
    if (!atOnce) this.run(this.update());
    this.run(this.lookAfter());
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

  override async beforeApplicationShutdown(): Promise<void> {
    await super.beforeApplicationShutdown();
    await this.follower.stop();
  }

  /** Restarts what failed while a disk was full or an engine was down. */
  private async lookAfter(): Promise<void> {
    for (; !this.stop.aborted; await pause(LOOK_EVERY_MS, this.stop))
      try {
        await this.follower.refresh();
      } catch (error) {
        this.logger.warn({ error: String(error) }, 'Could not refresh the builds; trying again');
      }
  }

  /** The app serves the build before until the new one is made. */
  private async update(): Promise<void> {
    this.logger.warn('The read models or the rules have changed: building them again, serving the build before');
    try {
      const { id } = await this.builds.steered({ signal: this.stop }).serveCurrent();
      this.logger.log(`Generation ${id} of the read models is live`);
    } catch (error) {
      if (error instanceof Stopped) return; // the next start continues it
      const because = errorStack(error);
      this.logger.error({ error: because }, 'The read models could not be built again');
      this.failure = because;
    }
  }
}

/** For the one process that writes embedded stores: all shards. */
@Global()
@Module({
  providers: [
    ProjectorService,
    FOLLOWER_IN_THREAD,
    { provide: Following, useExisting: FollowingInThread },
    {
      provide: ReadModelBuilds,
      inject: [STORES, Following],
      useFactory: (stores: Stores, following: Following) => new ReadModelBuilds(stores, following),
    },
  ],
  exports: [Following, ReadModelBuilds],
})
export class ProjectorModule {}
