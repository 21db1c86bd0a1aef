import type { Ledger, LedgerRecord } from '../ledger/ledger.js';

const A_PAGE = 500;

/** The other ledger holds what this one doesn't: it is another store's. */
export class LedgersDiffer extends Error {
  constructor(because: string) {
    super(because);
    this.name = 'LedgersDiffer';
  }
}

export async function* recordsOf(ledger: Ledger, prefix = ''): AsyncGenerator<LedgerRecord> {
  for (let after: string | undefined; ;) {
    const page = await ledger.list(prefix, { ...(after === undefined ? {} : { after }), limit: A_PAGE });
    yield* page;
    if (page.length < A_PAGE) return;
    after = page.at(-1)?.key;
  }
}

/** @throws LedgersDiffer where the ledger to copy to has a record of its own, other than what `isPassing` */
export async function refuseForeign(
  from: Ledger,
  to: Ledger,
  what: string,
  isPassing: (key: string) => boolean,
): Promise<void> {
  for await (const { key } of recordsOf(to))
    if (!isPassing(key) && (await from.get(key)) === undefined)
      throw new LedgersDiffer(
        `The ${what} to copy to holds ${key}, which this store's doesn't. Name an empty database.`,
      );
}

/**
 * Copies every record; resolves to their number. Done again, it comes to the same. Versions start anew: they only tell
 * whether somebody else was there in between.
 * @param as what becomes of a record in the copy; undefined: it stays behind
 */
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
    page.push({ key: record.key, value, ...(record.dueAt === undefined ? {} : { dueAt: record.dueAt }) });
    if (page.length === A_PAGE) await put();
  }
  if (page.length > 0) await put();
  return copied;
}
