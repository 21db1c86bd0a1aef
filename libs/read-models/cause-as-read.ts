import type { CaseFacts } from '../recovery/case/case-facts.js';
import type { CompiledRules } from '../recovery/rules/compile.js';

/**
 * A recorded cause as the rules read it: the first mapping whose codes it begins with, and whose condition holds,
 * puts its own codes in their place. Without one it is what was recorded.
 */
export function causeAsRead(
  cause: readonly string[],
  facts: CaseFacts,
  rules: CompiledRules | undefined,
): readonly string[] {
  const mapped = rules?.ruleSet.rootCauses?.mapped?.find(
    ({ from, when }) =>
      from.every((code, level) => cause[level] === code) && (when === undefined || rules.condition(when)(facts)),
  );
  return mapped ? [...mapped.to, ...cause.slice(mapped.from.length)] : cause;
}
