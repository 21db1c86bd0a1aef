import type { CaseFacts } from '../case/case-facts.js';
import type { RulesOf } from '../rules/compile.js';

/**
 * A recorded cause as the rules read it now: renamed, merged or split by the first mapping that fits. A mapping takes
 * what stands below the codes it names along, so that renaming a process renames all that is under it.
 */
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
