import type { BookEntry } from './rule-book.js';
import type { RulesEvent } from './rules-events.js';

/** A programme's book after one more event of its rules. Events that put nothing in force leave it as it is. */
export function bookAfter(book: readonly BookEntry[], event: RulesEvent): readonly BookEntry[] {
  switch (event.type) {
    case 'RuleSetActivated': {
      const { ruleSet, from, overThePast } = event.data;
      if (overThePast || from === null || book.length === 0) return [{ ruleSet, from: null }];
      return [...book.filter((entry) => entry.from === null || entry.from < from), { ruleSet, from }];
    }
    case 'RuleSetRolledBack':
      return event.data.book;
    default:
      return book;
  }
}
