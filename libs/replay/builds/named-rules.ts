import type { RuleSet } from '../../recovery/rules/rule-set.js';
import type { RulesInHistory } from './rule-books.js';

export interface NamedRules {
  readonly programme: string;
  /** Content hash. */
  readonly ruleSet: string;
  readonly content: RuleSet;
}

/**
 * Finds the rule sets of a store by a hash, the beginning of one, or a programme, which stands for its latest rules.
 * A caller wants one of them, and says in its own words that there is none, or that there are several.
 */
export function rulesNamed({ drafts, entries }: RulesInHistory, name: string): readonly NamedRules[] {
  const latest = Object.hasOwn(entries, name) ? entries[name]?.at(-1)?.ruleSet : undefined;
  return [...drafts]
    .filter(([hash]) => (latest === undefined ? name !== '' && hash.startsWith(name) : hash === latest))
    .map(([ruleSet, { programme, content }]) => ({ programme, ruleSet, content }));
}
