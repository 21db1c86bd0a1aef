import type { Ledger } from '../../libs/ledger/ledger.js';
import type { Due } from '../../libs/reactions/timekeeper.js';

const PREFIX = 'timekeeper/later/';
const AT_A_TIME = 500;

/** What falls due at a time that is fixed, such as the levels of an escalation once a clock is breached. */
export class Later {
  constructor(private readonly ledger: Ledger) {}

  async put(all: readonly Due[]): Promise<void> {
    if (all.length === 0) return;
    const left = await this.ledger.putMany(all.map((due) => ({ key: PREFIX + due.id, value: due, dueAt: due.at })));
    if (left.length > 0) throw new Error(`The ledger did not take ${left.join(', ')}.`);
  }

  /** In the order in which they fall due. */
  async upTo(at: string): Promise<readonly Due[]> {
    return (await this.ledger.due<Due>(PREFIX, at, AT_A_TIME)).map(({ value }) => value);
  }

  async remove(all: readonly Due[]): Promise<void> {
    await Promise.all(all.map(({ id }) => this.ledger.remove(PREFIX + id)));
  }
}
