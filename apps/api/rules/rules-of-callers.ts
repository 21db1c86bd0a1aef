import { invalid } from '../../../libs/platform/problem/problem.js';
import { checkRuleSet } from '../../../libs/recovery/rules/check-rule-set.js';
import { parseRuleSet } from '../../../libs/recovery/rules/parse-rule-set.js';
import type { RuleSet } from '../../../libs/recovery/rules/rule-set.js';
import { rulesNamed } from '../../../libs/replay/builds/named-rules.js';
import type { RulesInHistory } from '../../../libs/replay/builds/rule-books.js';

/** Finds rules by hash, the beginning of one, or a programme, which stands for its latest rules. @throws Problem naming the field */
export function findRules(history: RulesInHistory, field: string, name: string): RuleSet {
  const found = rulesNamed(history, name);
  const [one] = found;
  if (one !== undefined && found.length === 1) return one.content;
  const message =
    found.length > 1
      ? `begins the hashes of ${found.length} rule sets; write more of it`
      : `names no rule set of this store: "${name}"`;
  throw invalid([{ field, message }]);
}

/** A rule set as it is sent: as an object, or as the text of a file. */
interface SentRules {
  readonly content?: object;
  readonly text?: string;
}

/** @throws Problem naming every mistake by its path, in a text also by its line, with how to right it. */
export function soundRules({ content, text }: SentRules): RuleSet {
  if ((content === undefined) === (text === undefined))
    throw invalid([{ field: 'content', message: 'must be given, or text: one of the two' }]);
  const { ruleSet, problems } =
    text === undefined ? { ruleSet: content as RuleSet, problems: checkRuleSet(content) } : parseRuleSet(text);
  const at = text === undefined ? 'content.' : '';
  if (problems.length > 0)
    throw invalid(problems.map(({ path, message, ...where }) => ({ field: `${at}${path}`, message, ...where })));
  if (ruleSet === undefined) throw new Error('A rule set without problems is a rule set.');
  return ruleSet;
}
