import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { compileRules } from './compile.js';
import { parseRuleSet } from './parse-rule-set.js';
import { sayProblem } from './rule-problem.js';

const PACKS = new URL('../../../packs/', import.meta.url);
const files = readdirSync(PACKS).filter((file) => file.endsWith('.yaml'));
const read = (file: string) => parseRuleSet(readFileSync(new URL(file, PACKS), 'utf8'));

describe.each(files)('the pack %s', (file) => {
  test('is a valid rule set', () => {
    expect(read(file).problems.map(sayProblem)).toEqual([]);
  });

  test('compiles', () => {
    const { ruleSet } = read(file);
    expect(ruleSet && compileRules(ruleSet).targets).not.toEqual([]);
  });

  test('has a notice that it is a default and no legal advice', () => {
    expect(read(file).ruleSet?.notice).toMatch(/default.*no legal advice/s);
  });
});
