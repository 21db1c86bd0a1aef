import { Logger } from '@nestjs/common';
import { createApi } from '../api/http/create-api.js';
import type { Config } from '../../libs/platform/config/config.js';
import { openStores } from '../../libs/platform/stores/open-stores.js';
import { announce, withdraw } from '../../libs/platform/stores/running-app.js';
import { ground } from '../../libs/platform/stores/stores.module.js';
import { firstStart } from './first-start.js';
import { StandaloneModule } from './standalone.module.js';

export interface Running {
  readonly url: string;
  readonly folder: string;
  /** Shown once: there is no other way to it. Absent where an operator has a key already. */
  readonly operatorKey?: string;
  /** Ends gracefully: what was taken is answered, then everything is closed. */
  stop(): Promise<void>;
}

const logger = new Logger('Stores');

/** Opens the folder's stores, fills an empty one, and serves. `now`: what commands take for the time; default: the system's. */
export async function startStandalone(config: Config, now?: () => string): Promise<Running> {
  const stores = await openStores(config.places, {
    mode: 'write',
    vaultKey: config.vaultKey,
    sealKey: config.sealKey,
    crashPoint: config.crashPoint,
    notice: (sentence) => logger.warn(sentence),
  });
  try {
    const on = await ground(config, stores, now);
    const operatorKey = await on.keys.ensureOperator(config.operatorKey);
    await firstStart(on);
    const app = await createApi(StandaloneModule.on(on), config);
    await app.listen(config.port, config.host);
    const url = await app.getUrl();
    announce(stores.folder, { pid: process.pid, url });
    let stopped: Promise<void> | undefined;
    const stop = async (): Promise<void> => {
      withdraw(stores.folder);
      await app.close();
      await stores.close();
    };
    return {
      url,
      folder: stores.folder,
      ...(operatorKey === undefined ? {} : { operatorKey }),
      stop: () => (stopped ??= stop()),
    };
  } catch (error) {
    await stores.close();
    throw error;
  }
}
