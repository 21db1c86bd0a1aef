import { Inject, Injectable, Logger, Module, type DynamicModule, type OnApplicationBootstrap } from '@nestjs/common';
import { ReadModelBuilds } from '../../libs/builds/read-model-builds.js';
import { Stopped } from '../../libs/builds/run-in-thread.js';
import { errorStack } from '../../libs/event-sourcing/error-text.js';
import { Background } from '../../libs/platform/background.js';
import { Readiness } from '../../libs/platform/health/readiness.js';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import { isStoreDown } from '../../libs/platform/stores/store-down.js';
import { STORES } from '../../libs/platform/stores/stores.module.js';
import { pause, RENEW_EVERY_MS, type Turn } from '../../libs/platform/stores/turn.js';

const TURN = Symbol('turn');
const MAY_BEGIN = Symbol('may begin');

/** Whether this process may make the first build now. */
type MayBegin = () => Promise<boolean>;

/**
 * With several processes: one of them makes the first build, and a new one after the read models or the rules have
 * changed, even if the process that began it is lost.
 */
@Injectable()
class CurrentBuildService extends Background implements OnApplicationBootstrap {
  private readonly logger = new Logger('Builds');
  private failure: string | undefined;

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    @Inject(TURN) private readonly turn: Turn,
    @Inject(MAY_BEGIN) private readonly mayBegin: MayBegin,
    private readonly builds: ReadModelBuilds,
    private readonly readiness: Readiness,
  ) {
    super();
  }

  onApplicationBootstrap(): void {
    this.run(this.serveCurrent());
    this.readiness.register('builds', () =>
      this.failure === undefined ? { up: true } : { up: false, error: this.failure },
    );
  }

  private async serveCurrent(): Promise<void> {
    const { reads } = this.stores;
    const signal = this.stop;
    for (; !signal.aborted; await pause(RENEW_EVERY_MS, signal))
      try {
        if ((await reads.live()) === undefined && !(await this.mayBegin())) continue;
        await this.turn.during('projector-build', signal, async (turn) => {
          if ((await reads.live()) === undefined) await this.builds.serveCurrentAlone();
          else await this.builds.steered({ signal: turn }).serveCurrent();
        });
        this.failure = undefined;
        return;
      } catch (error) {
        if (error instanceof Stopped) continue; // the process whose turn is next continues it
        this.failure = errorStack(error);
        this.logger.error({ error: this.failure }, 'The read models could not be built');
        if (!isStoreDown(error)) return;
      }
  }
}

@Module({})
export class CurrentBuildModule {
  static in(turn: Turn, mayBegin: MayBegin): DynamicModule {
    return {
      module: CurrentBuildModule,
      providers: [CurrentBuildService, { provide: TURN, useValue: turn }, { provide: MAY_BEGIN, useValue: mayBegin }],
    };
  }
}
