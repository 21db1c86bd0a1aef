import type { CompiledRules } from './compile.js';

/** All versions of a programme's rules with the times from which they are in force, oldest first. */
export interface BookEntry {
  /** Content hash of the rule set. */
  readonly ruleSet: string;
  /** UTC, ISO 8601; null: since ever. */
  readonly from: string | null;
}

/** What every projection and decision is given: the rules of any programme at any time. Pure once made. */
export interface RuleBooks {
  /** The rule set in force at that time; undefined where the programme has none. */
  at(programme: string, occurredAt: string): CompiledRules | undefined;
  /** The book of a programme, oldest first; empty where there is none. */
  book(programme: string): readonly { readonly from: string | null; readonly rules: CompiledRules }[];
  programmes(): readonly string[];
}
