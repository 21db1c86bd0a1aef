import { parseRuleSet } from '../../libs/recovery/rules/parse-rule-set.js';
import { sayProblem } from '../../libs/recovery/rules/rule-problem.js';
import type { RuleSet } from '../../libs/recovery/rules/rule-set.js';
import { ruleSetHash } from '../../libs/recovery/rules/hash.js';
import { readText } from './text-file.js';
import { Failure } from './failure.js';

export interface RuleFile {
  readonly ruleSet: RuleSet;
  readonly hash: string;
}

/** @throws Failure with every mistake and its line */
export function readRules(path: string): RuleFile {
  const { ruleSet, problems } = parseRuleSet(readText(path, 'rule set'));
  if (!ruleSet) {
    throw new Failure(
      [`${path} is not a valid rule set:`, ...problems.map((problem) => `  ${sayProblem(problem)}`)].join('\n'),
    );
  }
  return { ruleSet, hash: ruleSetHash(ruleSet) };
}
