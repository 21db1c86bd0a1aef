import { Inject, Module, type OnApplicationBootstrap } from '@nestjs/common';
import type { Config } from '../../../libs/platform/config/config.js';
import { Readiness } from '../../../libs/platform/health/readiness.js';
import { Metrics } from '../../../libs/platform/metrics/metrics.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { CONFIG, STORES } from '../../../libs/platform/stores/stores.module.js';
import { Backlog, TriageProgress } from '../../../libs/responses/backlog.js';

/** What waits for triage: bounded, measured, and shown with the health of the app. */
@Module({
  providers: [
    {
      provide: Backlog,
      inject: [CONFIG, TriageProgress],
      useFactory: ({ backlogLimit }: Config, progress: TriageProgress) => new Backlog(backlogLimit, progress, Date.now),
    },
  ],
  exports: [Backlog],
})
export class BacklogModule implements OnApplicationBootstrap {
  constructor(
    private readonly backlog: Backlog,
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
    @Inject(STORES) private readonly stores: Stores,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.backlog.countEarlier(this.stores.events);
    this.readiness.register('triage', async () => ({ up: true, waiting: await this.backlog.now() }));
    this.metrics.gauge('amends_triage_backlog', 'Responses accepted and not triaged yet', async (gauge) =>
      gauge.set((await this.backlog.now()).responses),
    );
    this.metrics.gauge(
      'amends_triage_backlog_age_seconds',
      'Age of the oldest response of the backlog',
      async (gauge) => gauge.set((await this.backlog.now()).seconds),
    );
  }
}
