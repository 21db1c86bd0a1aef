import { isStoreDown } from '../../libs/platform/stores/store-down.js';
import { ReadModelsBehind } from './open-cases-of.js';
import { NothingLive, ReadStoreDamaged } from '../../libs/read-store/read-store.js';

/** What ends without a change of code: a store is down, read models are not built yet, or wait for a rebuild. */
export const mayPass = (error: unknown): boolean =>
  isStoreDown(error) ||
  error instanceof NothingLive ||
  error instanceof ReadModelsBehind ||
  error instanceof ReadStoreDamaged;
