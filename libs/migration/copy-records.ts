import type { Ledger, LedgerRecord } from '../ledger/ledger.js';

const PAGE = 500;

/** The target ledger holds records that the source doesn't: it belongs to another store. */
export class LedgersDiffer extends Error {
  override readonly name = 'LedgersDiffer';
}

export async function* recordsOf(ledger: Ledger, prefix = ''): AsyncGenerator<LedgerRecord> {
  for (let after: string | undefined; ;) {
    const page = await ledger.list(prefix, { after, limit: PAGE });
    yield* page;
    if (page.length < PAGE) return;
    after = page.at(-1)?.key;
  }
}

/** @throws LedgersDiffer if the target ledger has a record of its own, other than transient ones (`isPassing`) */
export async function refuseForeign(
  from: Ledger,
  to: Ledger,
  what: string,
  isPassing: (key: string) => boolean,
): Promise<void> {
  for await (const { key } of recordsOf(to))
    if (!isPassing(key) && (await from.get(key)) === undefined)
      throw new LedgersDiffer(`The target ${what} holds ${key}, which this store's doesn't. Name an empty database.`);
}

/** Idempotent; versions start at 1. Resolves to the number. @param as the value in the copy; undefined: leave it out */
export async function copyRecords(
  from: Ledger,
  to: Ledger,
  as: (record: LedgerRecord) => unknown = ({ value }) => value,
): Promise<number> {
  let copied = 0;
  let page: { key: string; value: unknown; dueAt?: string }[] = [];
  const put = async (): Promise<void> => {
    await to.putMany(page);
    copied += page.length;
    page = [];
  };
  for await (const record of recordsOf(from)) {
    const value = as(record);
    if (value === undefined) continue;
    page.push({ key: record.key, value, dueAt: record.dueAt });
    if (page.length === PAGE) await put();
  }
  if (page.length > 0) await put();
  return copied;
}
