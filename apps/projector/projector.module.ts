import { Global, Inject, Injectable, Logger, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { errorStack } from '../../libs/event-sourcing/error-text.js';
import { Background } from '../../libs/platform/background.js';
import { FirstBuild } from '../../libs/platform/health/first-build.js';
import { Readiness } from '../../libs/platform/health/readiness.js';
import { Metrics } from '../../libs/platform/metrics/metrics.js';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import { pause } from '../../libs/platform/stores/turn.js';
import { STORES } from '../../libs/platform/stores/stores.module.js';
import { FollowingInThread } from '../../libs/builds/follow/following-in-thread.js';
import type { Generation } from '../../libs/read-store/read-store.js';
import { Following } from '../../libs/replay/follow/following.js';
import { isLong } from '../../libs/builds/long-history.js';
import { Stopped } from '../../libs/builds/run-in-thread.js';
import { ReadModelBuilds } from '../../libs/builds/read-model-builds.js';
import { FOLLOWER_IN_THREAD } from './follower.provider.js';

const LOOK_EVERY_MS = 2_000;
/** Between two tries of what fails again and again. */
const MOST_WAIT_MS = 60_000;
const OPEN_WITHIN_MS = 1_000;

/** Keeps the read models at the end of history. A start finishes builds after a crash or an upgrade. */
@Injectable()
class ProjectorService extends Background implements OnApplicationBootstrap {
  private readonly logger = new Logger('Projector');
  private failure: string | undefined;

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly follower: FollowingInThread,
    private readonly builds: ReadModelBuilds,
    private readonly firstBuild: FirstBuild,
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
  ) {
    super();
  }

  /** The port opens soon, at any size of history: what is not built by then is answered 503, with the progress. */
  async onApplicationBootstrap(): Promise<void> {
    const served = await this.stores.reads.live();
    const lasts = served !== undefined || (await isLong(this.stores.events));
    const built = this.serveCurrent(served, lasts);
    this.run(built.then(() => this.lookAfter()));
    this.readiness.register('readModels', async () => {
      const lag = await this.follower.lag();
      const live = lag.find(({ status }) => status === 'live');
      const failure = this.failure === undefined ? {} : { failure: this.failure };
      const { progress } = this.firstBuild;
      const building = progress === undefined ? {} : { building: progress };
      const up = live !== undefined && live.state !== 'failed' && this.failure === undefined;
      return { up, lag, ...building, ...failure };
    });
    this.metrics.gauge(
      'amends_read_models_lag_seconds',
      'Age of the oldest event that a generation has not folded',
      async (gauge) => {
        for (const { generation, seconds } of await this.follower.lag()) gauge.labels(String(generation)).set(seconds);
      },
      ['generation'],
    );
    await (lasts ? Promise.race([built, pause(OPEN_WITHIN_MS, this.stop)]) : built);
  }

  override async beforeApplicationShutdown(): Promise<void> {
    await super.beforeApplicationShutdown();
    await this.follower.stop();
  }

  /** Takes up again what failed, such as while a disk was full, an engine was down, or a build was damaged. */
  private async lookAfter(): Promise<void> {
    for (let waitMs = LOOK_EVERY_MS; !this.stop.aborted; await pause(waitMs, this.stop)) {
      if (this.failure !== undefined) {
        await this.serveCurrent(await this.stores.reads.live(), true);
        waitMs = this.failure === undefined ? LOOK_EVERY_MS : Math.min(2 * waitMs, MOST_WAIT_MS);
      }
      try {
        await this.follower.refresh();
      } catch (error) {
        this.logger.warn({ error: String(error) }, 'Could not refresh the builds; trying again');
      }
    }
  }

  /** Serves a build by the present code and rules; `failure` says why it could not. */
  private async serveCurrent(served: Generation | undefined, lasts: boolean): Promise<void> {
    try {
      // A short history is folded before a thread would have started.
      if (!lasts) await this.builds.serveCurrentAlone();
      else if (served === undefined)
        await this.firstBuild.during((onProgress) =>
          this.builds.steered({ signal: this.stop, onProgress }).serveCurrent(),
        );
      else {
        await this.follower.refresh();
        if ((await this.builds.kept()) === undefined)
          this.logger.warn('The read models or the rules have changed: building them again, serving the build before');
      }
      const { id } = await this.builds.steered({ signal: this.stop }).serveCurrent();
      await this.follower.refresh();
      await this.follower.caughtUp(id, this.stop);
      if (id !== served?.id) this.logger.log(`Generation ${id} of the read models is live`);
      this.failure = undefined;
    } catch (error) {
      if (this.stop.aborted || error instanceof Stopped) return; // the next start continues it
      const because = errorStack(error);
      if (because !== this.failure) this.logger.error({ error: because }, 'The read models could not be built');
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
