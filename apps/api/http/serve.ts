import { Logger, type DynamicModule } from '@nestjs/common';
import type { Config } from '../../../libs/platform/config/config.js';
import { openStores } from '../../../libs/platform/stores/open-stores.js';
import { ground, type Ground } from '../../../libs/platform/stores/ground.js';
import { createApi } from './create-api.js';

export interface ServeOptions {
  /** Runs on the open stores, before the first request. */
  first?(this: void, on: Ground): Promise<void>;
  root(this: void, on: Ground): DynamicModule;
  /** The clock of commands; default: the system's. */
  now?(this: void): string;
}

const logger = new Logger('Stores');

/** Opens the stores and serves a module on them. To stop, it answers the requests in flight, then closes everything. */
export async function serve(config: Config, { first, root, now }: ServeOptions) {
  const { places, vaultKey, sealKey, crashPoint } = config;
  const notice = (sentence: string): void => logger.warn(sentence);
  const stores = await openStores(places, { mode: 'write', vaultKey, sealKey, crashPoint, notice });
  try {
    const on = await ground(config, stores, now);
    await first?.(on);
    const app = await createApi(root(on), config);
    await app.listen(config.port, config.host);
    const url = await app.getUrl();
    let stopped: Promise<void> | undefined;
    const stop = async (): Promise<void> => {
      await app.close();
      await stores.close();
    };
    return { url, app, ground: on, stop: () => (stopped ??= stop()) };
  } catch (error) {
    await stores.close();
    throw error;
  }
}
