import { statSync } from 'node:fs';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import type { RuleSet } from '../../libs/recovery/rules/rule-set.js';
import { readRules } from './rule-file.js';

/** A rule set from a file or from history. */
export interface FoundRules {
  readonly programme: string;
  /** Content hash. */
  readonly hash: string;
  readonly ruleSet: RuleSet;
  /** From history. */
  readonly drafted: boolean;
}

/**
 * True for a path or an existing file. Other names are a hash, the start of one, or a programme, for its latest rules.
 * A folder doesn't count, because a data folder may have the programme's name.
 */
export const isRuleFile = (name: string): boolean =>
  /[./\\]/.test(name) || statSync(name, { throwIfNoEntry: false })?.isFile() === true;

/** @throws Failure if it finds nothing, or with each mistake in the file */
export async function findRules(stores: Pick<Stores, 'events'>, name: string): Promise<FoundRules> {
  if (isRuleFile(name)) {
    const { ruleSet, hash } = readRules(name);
    return { programme: ruleSet.programme, hash, ruleSet, drafted: false };
  }
  const { showRules } = await import('./rules/rules-run.js');
  const { programme, ruleSet: hash, content } = await showRules(stores, name);
  return { programme, hash, ruleSet: content, drafted: true };
}
