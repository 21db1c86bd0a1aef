import type { RuleSet } from '../../recovery/rules/rule-set.js';
import type { RulesInHistory } from './rule-books.js';

export interface NamedRules {
  readonly programme: string;
  /** Content hash. */
  readonly ruleSet: string;
  readonly content: RuleSet;
}

/**
 * The rule sets of a store that a name fits: a hash, the beginning of one, or a programme, whose latest rules are meant.
 * Whoever asks wants one of them, and says in their own words where there is none, or there are several.
 */
export function rulesNamed({ drafts, entries }: RulesInHistory, name: string): readonly NamedRules[] {
  const latest = Object.hasOwn(entries, name) ? entries[name]?.at(-1)?.ruleSet : undefined;
  return [...drafts]
    .filter(([hash]) => (latest === undefined ? name !== '' && hash.startsWith(name) : hash === latest))
    .map(([ruleSet, { programme, content }]) => ({ programme, ruleSet, content }));
}
