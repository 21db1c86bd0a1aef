import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { compileRules } from '../recovery/rules/compile.js';
import { parseRuleSet } from '../recovery/rules/parse-rule-set.js';
import { ruleBooks } from '../recovery/rules/rule-book.js';
import { demoHistory } from './demo-history.js';

const { ruleSet } = parseRuleSet(
  readFileSync(resolve(import.meta.dirname, '../../packs/service-recovery.yaml'), 'utf8'),
);
if (ruleSet === undefined) throw new Error('The service-recovery pack is broken.');
const asked = {
  programme: 'service-recovery',
  books: ruleBooks({ 'service-recovery': [{ from: null, rules: compileRules(ruleSet) }] }),
  until: '2031-05-05T12:00:00.000Z',
  seed: 7,
  responses: 200,
};
const { events, customers } = demoHistory(asked);
const countOf = (type: string): number => events.filter((event) => event.type === type).length;

describe('demo history', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(demoHistory(asked).events).toEqual(events);
    expect(demoHistory({ ...asked, seed: 8 }).events).not.toEqual(events);
  });

  test('tells of cases of every kind: kept and broken promises are for the clocks to find', () => {
    for (const type of [
      'CaseOpened',
      'ContactAttempted',
      'ResolutionOffered',
      'OfferAuthorised',
      'CaseHandedOff',
      'CasePaused',
      'CaseGivenUp',
      'CaseReturned',
      'CaseApproved',
      'ReSurveyAnswered',
    ])
      expect({ type, told: countOf(type) > 0 }).toEqual({ type, told: true });
    expect(countOf('CaseApproved')).toBeLessThan(countOf('CaseOpened'));
  });

  test('goes up to now, in order, and no further', () => {
    const times = events.map(({ occurredAt }) => occurredAt);
    expect(times).toEqual(times.toSorted());
    expect(times.every((time) => time <= asked.until)).toBe(true);
  });

  test('numbers no event twice, and knows every customer it names', () => {
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    for (const { data } of events) if ('customer' in data) expect(customers.has(String(data.customer))).toBe(true);
  });
});
