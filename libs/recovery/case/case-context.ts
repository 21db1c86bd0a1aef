import type { Context } from '../../event-sourcing/decider.js';
import type { CompiledRules } from '../rules/compile.js';
import type { CaseStatus } from '../vocabulary/words.js';

/** What the rules of a case are decided by, beside its own history. */
export interface CaseContext extends Context {
  /** The programme's rules in force now; undefined where it has none: then only what needs no rule is demanded. */
  readonly rules: CompiledRules | undefined;
  /** When it happened, where the caller says so: it is decided on the case as it was then. Default: now. */
  readonly occurredAt?: string | undefined;
  /** When this person was last re-surveyed, in whatever case: what a cool-down counts from. */
  readonly lastReSurveyAt?: string | undefined;
  /** The people of the team that gets the case; undefined where it has no members. */
  readonly people?: TeamPeople | undefined;
  /** The case that this one is to be merged into, as far as that is known. */
  readonly mergesInto?: MergeTarget | 'not-opened' | undefined;
}

export interface MergeTarget {
  readonly status: CaseStatus;
  readonly customer: string;
  /** An operator says that its customer and the duplicate's are one person. */
  readonly isOfSamePerson?: boolean;
  /** Where it was merged into itself. */
  readonly into?: string | undefined;
}

export interface TeamPeople {
  readonly team: string;
  readonly ids: readonly string[];
}
