import { HistoryUnavailable } from '../../event-store/event-store.js';
import { LedgerUnavailable } from '../../ledger/ledger.js';
import { ReadStoreUnavailable } from '../../read-store/read-store.js';

const STORES = [
  { name: 'event store', Unavailable: HistoryUnavailable },
  { name: 'read store', Unavailable: ReadStoreUnavailable },
  { name: 'ledger or the vault', Unavailable: LedgerUnavailable },
] as const;

/** The store that is down; undefined for other errors. The request may be sent again. */
export const storeDown = (error: unknown): string | undefined =>
  STORES.find(({ Unavailable }) => error instanceof Unavailable)?.name;

export const isStoreDown = (error: unknown): error is Error => storeDown(error) !== undefined;
