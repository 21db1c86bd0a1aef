import type { Recorded } from '../event-sourcing/event.js';
import type { EventStore } from '../event-store/event-store.js';
import { streamOf } from '../recovery/aggregates.js';
import type { BookEntry } from '../recovery/rules/rule-book.js';
import { rulesDecider, type RuleHistory } from '../recovery/rules/rule-decider.js';
import type { RulesEvent } from '../recovery/rules/rules-events.js';

/** Reads what was drafted, rehearsed, approved and put in force, as the decider of rules knows it. */
export async function ruleHistoryOf(events: Pick<EventStore, 'readStream'>, programme: string): Promise<RuleHistory> {
  const { events: recorded } = await events.readStream(streamOf('rules', programme));
  return (recorded as readonly Recorded<RulesEvent>[]).reduce(rulesDecider.evolve, rulesDecider.initialState);
}

/** Finds the book before the last activation; undefined where none is left to undo. */
export async function bookToReturnTo(
  events: Pick<EventStore, 'readStream'>,
  programme: string,
): Promise<readonly BookEntry[] | undefined> {
  const { before } = await ruleHistoryOf(events, programme);
  return before && before.length > 0 ? before : undefined;
}
