import { serve } from '../api/http/serve.js';
import type { Config } from '../../libs/platform/config/config.js';
import { announce, withdraw } from '../../libs/platform/stores/running-app.js';
import { beginReactions } from '../reactor/checkpoints.js';
import { firstStart } from './first-start.js';
import { StandaloneModule } from './standalone.module.js';

export interface Running {
  readonly url: string;
  readonly folder: string;
  /** Shown once, and nowhere else. Absent where an operator has a key already. */
  readonly operatorKey?: string;
  /** Ends gracefully: answers the requests in flight, then closes everything. */
  stop(): Promise<void>;
}

/** Opens the stores, fills empty ones, and serves. `now` is the clock of commands; default: the system's. */
export async function startStandalone(config: Config, now?: () => string): Promise<Running> {
  let operatorKey: string | undefined;
  const { url, ground, stop } = await serve(config, {
    first: async (on) => {
      operatorKey = await on.keys.ensureOperator(config.operatorKey);
      await firstStart(on);
      await beginReactions(on.stores);
    },
    root: (on) => StandaloneModule.on(on),
    now,
  });
  const { folder } = ground.stores;
  announce(folder, { pid: process.pid, url });
  return {
    url,
    folder,
    operatorKey,
    stop: () => {
      withdraw(folder);
      return stop();
    },
  };
}
