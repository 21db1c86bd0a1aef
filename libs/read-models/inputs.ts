import type { Projection } from '../event-sourcing/projection.js';
import type { RecoveryEvent } from '../recovery/history.js';
import type { RuleBooks } from '../recovery/rules/rule-book.js';

/** What history is read under. */
export interface Inputs {
  readonly rules: RuleBooks;
}

export type ReadModel<Fact extends object> = Projection<Fact, RecoveryEvent, Inputs>;
