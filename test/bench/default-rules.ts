import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { compileRules } from '../../libs/recovery/rules/compile.js';
import { parseRuleSet } from '../../libs/recovery/rules/parse-rule-set.js';
import { ruleBooks, type RuleBooks } from '../../libs/recovery/rules/rule-book.js';

/** The default pack, in force since ever. */
export function rulesOfDefaultPack(): RuleBooks {
  const pack = join(resolve(import.meta.dirname, '../../..'), 'packs/service-recovery.yaml');
  const parsed = parseRuleSet(readFileSync(pack, 'utf8'));
  if (!parsed.ruleSet) throw new Error(`${pack} does not parse: ${JSON.stringify(parsed.problems)}`);
  return ruleBooks({ 'service-recovery': [{ from: null, rules: compileRules(parsed.ruleSet) }] });
}
