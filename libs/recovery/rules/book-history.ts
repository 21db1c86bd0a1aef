import type { RecoveryEvent } from '../history.js';
import type { BookEntry } from './rule-book.js';
import type { PlannedRules, RulesEvent } from './rules-events.js';

/** The events that put rules in force. */
export const BOOK_CHANGES = ['RuleSetActivated', 'RuleSetRolledBack'] as const satisfies readonly RulesEvent['type'][];

/** A programme's book after one more event. Events that put nothing in force return the same book. */
export function bookAfter(
  book: readonly BookEntry[],
  event: RulesEvent & { readonly occurredAt: string },
): readonly BookEntry[] {
  switch (event.type) {
    case 'RuleSetActivated': {
      const { ruleSet, from, overThePast } = event.data;
      if (overThePast || from === null || book.length === 0) return [{ ruleSet, from: null }];
      const entry: BookEntry = { ruleSet, from, ...(from > event.occurredAt ? { foreseen: true } : {}) };
      return [...book.filter((before) => before.from === null || before.from < from), entry];
    }
    case 'RuleSetRolledBack':
      return event.data.book;
    default:
      return book;
  }
}

/** The planned rules that these events replaced before they took force. */
export const plansReplacedBy = (events: readonly RecoveryEvent[]): readonly PlannedRules[] =>
  events.flatMap((event) => (event.type === 'RuleSetActivated' ? (event.data.replaces ?? []) : []));
