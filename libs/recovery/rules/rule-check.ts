import type { FieldType } from '../../event-sourcing/projection.js';
import type { Filter } from '../../filter/filter.js';
import type { PathPart } from './rule-problem.js';
import type { RuleSet } from './rule-set.js';
import type { KnownValues } from './satisfiable.js';

export type Say = (parts: readonly PathPart[], message: string, remedy: string) => void;

/** The rules, and the checks that several parts share. */
export interface Check {
  readonly rules: RuleSet;
  readonly say: Say;
  /** Whether the condition is well formed, by default over a case's facts. */
  condition(
    this: void,
    parts: readonly PathPart[],
    filter: Filter | undefined,
    fields?: Readonly<Record<string, FieldType>>,
    known?: KnownValues,
  ): boolean;
  /** In milliseconds; undefined if it is missing or wrong. */
  duration(this: void, parts: readonly PathPart[], text: string | undefined): number | undefined;
  calendar(this: void, parts: readonly PathPart[], name: string | undefined): void;
  unique(this: void, parts: (i: number) => readonly PathPart[], names: readonly string[], what: string): void;
}
