import type { CompiledRules } from '../../recovery/rules/compile.js';
import type { Row } from './mapping.js';

/** What a rule of a mapping can read. */
export interface RowContext {
  readonly row: Row;
  /** The case's last accepted row; before the first, every column is empty. */
  readonly previous: Row;
  readonly first: boolean;
  /** Numbers of the `firstTime` conditions that a row of this case has passed. */
  readonly passed: ReadonlySet<number>;
  readonly rules: CompiledRules['ruleSet'];
}
