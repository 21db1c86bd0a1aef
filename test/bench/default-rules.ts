import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { EventStore } from '../../libs/event-store/event-store.js';
import { startRules } from '../../libs/import/starting-rules.js';
import { compileRules } from '../../libs/recovery/rules/compile.js';
import { ruleSetHash } from '../../libs/recovery/rules/hash.js';
import { parseRuleSet } from '../../libs/recovery/rules/parse-rule-set.js';
import { ruleBooks, type RuleBooks } from '../../libs/recovery/rules/rule-book.js';
import type { RuleSet } from '../../libs/recovery/rules/rule-set.js';

/** The default pack, in force since ever. */
export const rulesOfDefaultPack = (): RuleBooks =>
  ruleBooks({ 'service-recovery': [{ from: null, rules: compileRules(defaultPack()) }] });

/** Activates them in a history that has no rules yet. `unthrottled`: without the daily limit of a team's new cases. */
export async function startDefaultRules(events: EventStore, { unthrottled = false } = {}): Promise<void> {
  const ruleSet = unthrottled ? withoutThrottle(defaultPack()) : defaultPack();
  const actor = { id: 'bench', role: 'operator' };
  await startRules(events, { ruleSet, hash: ruleSetHash(ruleSet), now: '2031-01-01T00:00:00.000Z', actor });
}

function withoutThrottle({ triage, ...rules }: RuleSet): RuleSet {
  if (triage === undefined) return rules;
  const { throttle: _, ...unlimited } = triage;
  return { ...rules, triage: unlimited };
}

function defaultPack(): RuleSet {
  const pack = join(resolve(import.meta.dirname, '../../..'), 'packs/service-recovery.yaml');
  const { ruleSet, problems } = parseRuleSet(readFileSync(pack, 'utf8'));
  if (!ruleSet) throw new Error(`${pack} does not parse: ${JSON.stringify(problems)}`);
  return ruleSet;
}
