import { statSync } from 'node:fs';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import { ruleSetHash } from '../../libs/recovery/rules/hash.js';
import { parseRuleSet } from '../../libs/recovery/rules/parse-rule-set.js';
import { sayProblem } from '../../libs/recovery/rules/rule-problem.js';
import type { RuleSet } from '../../libs/recovery/rules/rule-set.js';
import { Failure } from './failure.js';
import { readText } from './text-file.js';

/**
 * True for a path or an existing file. Other names are a hash, the start of one, or a programme, for its latest rules.
 * A folder doesn't count, because a data folder may have the programme's name.
 */
export const isRuleFile = (name: string): boolean =>
  /[./\\]/.test(name) || statSync(name, { throwIfNoEntry: false })?.isFile() === true;

/** A rule set and its content hash. @throws Failure with every mistake and its line */
export function readRules(path: string): { readonly ruleSet: RuleSet; readonly hash: string } {
  const { ruleSet, problems } = parseRuleSet(readText(path, 'rule set'));
  if (ruleSet) return { ruleSet, hash: ruleSetHash(ruleSet) };
  throw new Failure(
    [`${path} is not a valid rule set:`, ...problems.map((problem) => `  ${sayProblem(problem)}`)].join('\n'),
  );
}

/** A rule set from a file or from history. @throws Failure if it finds nothing, or with each mistake in the file */
export async function findRules(stores: Pick<Stores, 'events'>, name: string): Promise<RuleSet> {
  if (isRuleFile(name)) return readRules(name).ruleSet;
  const { showRules } = await import('./rules/rules-run.js');
  return (await showRules(stores, name)).content;
}
