import { invalid } from '../../../libs/platform/problem/problem.js';
import type { RuleSet } from '../../../libs/recovery/rules/rule-set.js';
import { rulesNamed } from '../../../libs/replay/builds/named-rules.js';
import type { RulesInHistory } from '../../../libs/replay/builds/rule-books.js';

/** Finds rules by hash, the beginning of one, or a programme, which stands for its latest rules. @throws Problem naming the field */
export function findRules(history: RulesInHistory, field: string, name: string): RuleSet {
  const found = rulesNamed(history, name);
  const [one] = found;
  if (one !== undefined && found.length === 1) return one.content;
  throw invalid([
    {
      field,
      message:
        found.length > 1
          ? `begins the hashes of ${found.length} rule sets; write more of it`
          : `names no rule set of this store: "${name}"`,
    },
  ]);
}
