import { Module } from '@nestjs/common';
import { serve } from '../api/http/serve.js';
import type { Config } from '../../libs/platform/config/config.js';
import { FirstBuild } from '../../libs/platform/health/first-build.js';
import { PlatformModule } from '../../libs/platform/platform.module.js';
import { announce, withdraw } from '../../libs/platform/stores/running-app.js';
import { StoresModule } from '../../libs/platform/stores/stores.module.js';
import { ALWAYS } from '../../libs/platform/stores/turn.js';
import { ApiModule } from '../api/api.module.js';
import { ProjectorModule } from '../projector/projector.module.js';
import { beginReactions } from '../reactor/checkpoints.js';
import { loadPlace } from '../reactor/timekeeper-place.js';
import { ReactorModule } from '../reactor/reactor.module.js';
import { TopicsModule } from '../relay/topics.module.js';
import { firstStart } from './first-start.js';

/** Every part of Amends in one process, on the embedded stores of one folder. */
@Module({})
class StandaloneModule {}

export interface Running {
  readonly url: string;
  readonly folder: string;
  /** Shown once, and nowhere else. Absent where an operator has a key already. */
  readonly operatorKey?: string;
  /** The build of the read models that it may start with. */
  readonly firstBuild: FirstBuild;
  /** Ends gracefully: answers the requests in flight, then closes everything. */
  stop(): Promise<void>;
}

/** Opens the stores, fills empty ones, and serves. `now` is the clock of commands; default: the system's. */
export async function startStandalone(config: Config, now?: () => string): Promise<Running> {
  let operatorKey: string | undefined;
  const { url, app, ground, stop } = await serve(config, {
    first: async (on) => {
      operatorKey = await on.keys.ensureOperator(config.operatorKey);
      await firstStart(on);
      await beginReactions(on.stores);
      await loadPlace(on.stores, on.now());
    },
    root: (on) => ({
      module: StandaloneModule,
      imports: [
        PlatformModule.with(on.config),
        StoresModule.on(on),
        ProjectorModule,
        ReactorModule.in(ALWAYS),
        ApiModule,
        TopicsModule,
      ],
    }),
    now,
  });
  const { folder } = ground.stores;
  try {
    announce(folder, { pid: process.pid, url });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    folder,
    operatorKey,
    firstBuild: app.get(FirstBuild),
    stop: () => {
      withdraw(folder);
      return stop();
    },
  };
}
