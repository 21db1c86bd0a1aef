import { HistoryUnavailable } from '../../event-store/event-store.js';
import { LedgerUnavailable } from '../../ledger/ledger.js';
import { ReadStoreUnavailable } from '../../read-store/read-store.js';

/** A store that can't work now: what was asked of it may be asked again. */
export const isStoreDown = (error: unknown): error is Error =>
  error instanceof HistoryUnavailable || error instanceof ReadStoreUnavailable || error instanceof LedgerUnavailable;
