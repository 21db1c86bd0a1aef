import type { Filter } from '../../filter/filter.js';
import type { Calendar } from '../calendar/calendar.js';
import type { CaseFacts } from '../case/case-facts.js';
import type { RuleSet } from './rule-set.js';

export type Condition = (facts: CaseFacts) => boolean;

/** A target, ready to be evaluated many times. */
export interface CompiledTarget {
  readonly id: string;
  readonly title: string;
  readonly reportedOnly: boolean;
  readonly calendar: Calendar;
  readonly start: Condition;
  readonly stop: Condition;
  readonly pause: Condition;
  readonly cancel: Condition;
  readonly goals: readonly { readonly when: Condition; readonly withinMs: number }[];
  readonly warnBeforeMs: number | undefined;
  readonly escalateTo: string | undefined;
  readonly retarget: 'keep' | 'restart' | 'pinned';
  readonly reopen: 'first-only' | 'restart' | 'resume';
}

/** A rule set made ready: conditions as functions, durations in milliseconds, calendars as day tables. */
export interface CompiledRules {
  /** SHA-256, in hex, of the rule set's canonical JSON (RFC 8785). */
  readonly hash: string;
  readonly ruleSet: RuleSet;
  readonly calendars: ReadonlyMap<string, Calendar>;
  readonly targets: readonly CompiledTarget[];
  condition(filter: Filter): Condition;
}
