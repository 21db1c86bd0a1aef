import type { CompiledRules } from '../../recovery/rules/compile.js';
import type { Row } from './mapping.js';

/** What a rule of a mapping may look at. */
export interface RowContext {
  readonly row: Row;
  /** The last row of the case that was used; every column empty before the first. */
  readonly previous: Row;
  readonly first: boolean;
  /** Numbers of the `firstTime` conditions that a row of this case has passed. */
  readonly passed: ReadonlySet<number>;
  readonly rules: CompiledRules['ruleSet'];
}
