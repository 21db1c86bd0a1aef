import { statSync } from 'node:fs';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import type { RuleSet } from '../../libs/recovery/rules/rule-set.js';
import { readRules } from './rule-file.js';

/** A rule set that a command was given: by a file, or by the name of one that history holds. */
export interface NamedRules {
  readonly programme: string;
  /** Content hash. */
  readonly hash: string;
  readonly ruleSet: RuleSet;
  /** From history, and not from a file. */
  readonly drafted: boolean;
}

/**
 * What is a file, or is written as a path, is read as a file; else it is a hash, the beginning of one, or a programme,
 * whose latest rules are meant. A data folder may well be called as its programme.
 */
export const isRuleFile = (name: string): boolean =>
  /[./\\]/.test(name) || statSync(name, { throwIfNoEntry: false })?.isFile() === true;

/** @throws Failure where it is neither, or the file has mistakes: each is told. */
export async function rulesNamed(stores: Pick<Stores, 'events'>, name: string): Promise<NamedRules> {
  if (isRuleFile(name)) {
    const { ruleSet, hash } = readRules(name);
    return { programme: ruleSet.programme, hash, ruleSet, drafted: false };
  }
  const { showRules } = await import('./rules/rules-run.js');
  const { programme, ruleSet: hash, content } = await showRules(stores, name);
  return { programme, hash, ruleSet: content, drafted: true };
}
