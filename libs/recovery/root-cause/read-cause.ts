import type { CaseFacts } from '../case/case-facts.js';
import type { RulesOf } from '../rules/compile.js';

/** A recorded cause as the rules read it now. The first mapping that fits renames its codes and keeps those below. */
export function readCause(
  recorded: readonly string[],
  rules: RulesOf<'rootCauses'> | undefined,
  facts: CaseFacts,
): readonly string[] {
  for (const { from, to, when } of rules?.ruleSet.rootCauses?.mapped ?? []) {
    if (!from.every((code, level) => recorded[level] === code)) continue;
    if (when && !rules?.condition(when)(facts)) continue;
    return [...to, ...recorded.slice(from.length)];
  }
  return recorded;
}
