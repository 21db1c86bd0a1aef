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
import { rebuild } from '../../libs/replay/rebuild.js';
import { booksUnder, entriesOf, loadRuleBooks, RULES_CHANGED_BY } from '../../libs/replay/rule-books.js';

/** Keeps the read models at the end of history; makes the first build where there is none. */
@Injectable()
export class ProjectorService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Projector');

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    readonly follower: ReadModelFollower<Inputs>,
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { events, reads } = this.stores;
    if ((await reads.live()) === undefined) {
      const { books, entries } = await loadRuleBooks(events);
      const made = await rebuild({
        events,
        reads,
        projections: READ_MODELS,
        inputs: { rules: books },
        ruleBooks: entries,
        reason: 'first build',
        stepMs: Infinity,
      });
      await reads.switchTo(made.id, undefined);
      this.logger.log(`Generation ${made.id} of the read models is live`);
    }
    await this.follower.refresh();
    this.readiness.register('readModels', async () => {
      const lag = await this.follower.lag();
      const live = lag.find(({ status }) => status === 'live');
      return { up: live !== undefined && live.state !== 'failed', lag };
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
    await this.follower.stop();
  }
}

@Global()
@Module({
  providers: [
    ProjectorService,
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
          inputsChangedBy: RULES_CHANGED_BY,
          inputs: async (generation) => {
            const history = await loadRuleBooks(events);
            const stamp = (await reads.generations()).find(({ id }) => id === generation)?.stamp;
            const entries = stamp === undefined ? history.entries : entriesOf(stamp, history);
            return { rules: booksUnder(entries, history.drafts) };
          },
          onFailure: (generation, error) => {
            const because = error instanceof Error ? (error.stack ?? error.message) : String(error);
            logger.error({ generation, error: because }, 'The read models are no longer followed');
          },
        });
      },
    },
  ],
  exports: [ReadModelFollower, ProjectorService],
})
export class ProjectorModule {}
