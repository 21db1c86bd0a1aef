import type { Ledger, LedgerRecord } from '../../libs/ledger/ledger.js';
import { inOrder, waitAfter, type Due } from '../../libs/reactions/timekeeper.js';

const PREFIX = 'timekeeper/aside/';
const AT_A_TIME = 100;
/** More are not counted one by one. */
const MOST_COUNTED = 1_000;

/** What fell due and could not be recorded. It waits longer each time, and keeps nothing else waiting. */
export interface Aside {
  readonly due: Due;
  readonly failures: number;
  readonly because: string;
}

export interface AsideNow {
  readonly count: number;
  /** The one that fell due first. */
  readonly oldest?: Aside;
}

export class SetAside {
  constructor(private readonly ledger: Ledger) {}

  /** Those whose wait is over, in the order in which they fell due. */
  async ready(now: string): Promise<readonly Aside[]> {
    const records = await this.ledger.due<Aside>(PREFIX, now, AT_A_TIME);
    return records.map(({ value }) => value).toSorted((one, other) => inOrder(one.due, other.due));
  }

  async put(due: Due, failures: number, because: string, now: string): Promise<void> {
    const dueAt = new Date(Date.parse(now) + waitAfter(failures)).toISOString();
    await this.ledger.put({ key: PREFIX + due.id, value: { due, failures, because } satisfies Aside, dueAt });
  }

  remove(due: Due): Promise<void> {
    return this.ledger.remove(PREFIX + due.id);
  }

  async now(): Promise<AsideNow> {
    const records: readonly LedgerRecord<Aside>[] = await this.ledger.list<Aside>(PREFIX, { limit: MOST_COUNTED });
    const [oldest] = records.map(({ value }) => value).toSorted((one, other) => inOrder(one.due, other.due));
    return { count: records.length, ...(oldest && { oldest }) };
  }
}
