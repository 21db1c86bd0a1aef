import type { EventStore } from '../event-store/event-store.js';
import type { RecordedEvent } from '../recovery/history.js';
import type { RuleBooks } from '../recovery/rules/rule-book.js';
import { takes, type Destination } from './destination.js';
import type { Outbox } from './outbox.js';
import { rowOf, type Row } from './row.js';
import { tellingOf } from './telling.js';
import { TELLING } from './which-messages.js';

export interface Replaying {
  readonly events: Pick<EventStore, 'readAll' | 'readStream'>;
  rules(this: void): RuleBooks;
  readonly outbox: Outbox;
  readonly destination: Destination;
  /** A position of history: what follows it is sent. Default: from the beginning. */
  readonly from?: string | undefined;
  /** Types of events. Default: all that lead to messages. */
  readonly types?: readonly string[] | undefined;
  readonly dryRun: boolean;
  now(this: void): string;
}

/** Why nothing can be replayed from there; undefined if it can. */
export function mistakeInFrom(events: Pick<EventStore, 'progress'>, from: string | undefined): string | undefined {
  if (from === undefined) return undefined;
  try {
    events.progress(from, from, from);
    return undefined;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return 'must be a position that this history gave, such as in the header amends-position of a write';
  }
}

/**
 * Sends a destination again what followed a position, each message under its id of then. Imported events lead to no
 * message here either. Resolves to how many messages there are, by event type.
 */
export async function replayTo(asked: Replaying): Promise<Readonly<Record<string, number>>> {
  const { events, outbox, rules, destination, from, types = TELLING, dryRun, now } = asked;
  const counts: Record<string, number> = {};
  for await (const batch of events.readAll({ filter: { types }, ...(from !== undefined && { from }) })) {
    const rows: Row[] = [];
    for (const event of batch.events as readonly RecordedEvent[])
      for (const wanted of await tellingOf(event, { events, rules: rules() })) {
        if (!(wanted.to?.includes(destination.name) ?? takes(destination, wanted.message))) continue;
        rows.push({ ...rowOf(event, wanted, destination.name), resentAt: now() });
        counts[event.type] = (counts[event.type] ?? 0) + 1;
      }
    if (dryRun || rows.length === 0) continue;
    await outbox.add(rows, now());
    for (const row of rows) {
      const record = await outbox.get(row);
      // What waits is sent anyway.
      if (record !== undefined && record.value.state !== 'waiting') await outbox.sendAgain(record, now());
    }
  }
  return counts;
}
