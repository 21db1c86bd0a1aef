import type { CaseFacts } from '../case/case-facts.js';
import type { RecordedEvent } from '../history.js';
import type { RuleBooks } from '../rules/rule-book.js';
import type { Clock } from './clock.js';

/** All clocks of one case, with what their conditions looked at last. */
export interface CaseClocks {
  readonly facts: CaseFacts;
  readonly clocks: readonly Clock[];
  /** Sources' verdicts by target. */
  readonly reported: Readonly<Record<string, 'met' | 'missed'>>;
  /** Instant of the last event folded, and the rule set that was in force then. */
  readonly at: string;
  readonly ruleSet: string | null;
}

/** The clocks after one more event of the case. Pure. Events that are not the case's leave them as they are. */
export declare function advanceClocks(
  clocks: CaseClocks | undefined,
  event: RecordedEvent,
  books: RuleBooks,
): CaseClocks | undefined;
