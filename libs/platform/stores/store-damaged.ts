import { LedgerDamaged } from '../../ledger/ledger.js';
import { REBUILD, ReadStoreDamaged } from '../../read-store/read-store.js';

/** What is damaged, by the name of its error: an error from a thread keeps its name, not its class. */
const DAMAGED: Readonly<Record<string, string>> = {
  HistoryDamaged: 'The history',
  ReadStoreDamaged: 'A read model',
  LedgerDamaged: 'The ledger or the vault',
  VaultKeyRefused: "The vault's key",
  SealedValueBroken: 'What a customer said',
  SigningKeyRefused: "The seals' key",
  LockDamaged: 'A lock',
};

const damagedIn = (error: Error): string | undefined =>
  Object.hasOwn(DAMAGED, error.name) ? DAMAGED[error.name] : undefined;

/** Stored data is not what Amends stored. Its message says what mends it; a retry finds the same. */
export const isStoreDamaged = (error: unknown): error is Error =>
  error instanceof Error && damagedIn(error) !== undefined;

/** For callers, without places on this machine. */
export function damageInWords(error: Error): string {
  if (error instanceof ReadStoreDamaged) return `${error.finding} Other documents are served. ${REBUILD}`;
  if (error instanceof LedgerDamaged && error.key !== undefined)
    return `Record ${error.key} of the ledger or the vault is damaged. Other records are read. The log of the app says what mends it.`;
  return `${damagedIn(error) ?? 'A store'} is damaged. The log of the app says where, and what mends it.`;
}
