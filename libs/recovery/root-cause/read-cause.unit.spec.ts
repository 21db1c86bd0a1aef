import { expect, test } from '@jest/globals';
import type { CaseFacts } from '../case/case-facts.js';
import { compileRules } from '../rules/compile.js';
import type { RootCauseRules } from '../rules/rule-set.js';
import { fold, booksOf, opened, rulesOf } from '../clocks/case-clocks.testing.js';
import { readCause } from './read-cause.js';

const facts = (touchpoint: string): CaseFacts =>
  fold(booksOf([null, rulesOf([])]), ['2031-05-05T09:00Z', opened('normal', { touchpoint })]).case.facts;
const shop = facts('shop');

const reading = (mapped: RootCauseRules['mapped']) => compileRules(rulesOf([], { rootCauses: { mapped } }));

test('a cause that no mapping names is read as it was recorded', () => {
  expect(readCause(['billing', 'amount'], reading([{ from: ['delivery'], to: ['logistics'] }]), shop)).toEqual([
    'billing',
    'amount',
  ]);
  expect(readCause(['billing'], compileRules(rulesOf([])), shop)).toEqual(['billing']);
});

test('a renamed cause takes along what stands below it', () => {
  const rules = reading([{ from: ['billing'], to: ['process', 'invoices'] }]);
  expect(readCause(['billing', 'amount'], rules, shop)).toEqual(['process', 'invoices', 'amount']);
});

test('merged causes are read as one', () => {
  const rules = reading([
    { from: ['billing', 'late'], to: ['billing', 'slow'] },
    { from: ['billing', 'overdue'], to: ['billing', 'slow'] },
  ]);
  expect(['late', 'overdue'].map((code) => readCause(['billing', code], rules, shop))).toEqual([
    ['billing', 'slow'],
    ['billing', 'slow'],
  ]);
});

test('a cause is split by a condition on the case, and the first mapping that fits wins', () => {
  const rules = reading([
    { from: ['billing'], to: ['billing', 'at-the-till'], when: { touchpoint: 'shop' } },
    { from: ['billing'], to: ['billing', 'online'] },
  ]);
  expect(readCause(['billing'], rules, shop)).toEqual(['billing', 'at-the-till']);
  expect(readCause(['billing'], rules, facts('web'))).toEqual(['billing', 'online']);
});

test('a mapping of a finer cause leaves the coarser one alone', () => {
  expect(readCause(['billing'], reading([{ from: ['billing', 'amount'], to: ['x'] }]), shop)).toEqual(['billing']);
});
