import { describe, expect, test } from '@jest/globals';
import type { RulesEvent } from '../recovery/rules/rules-events.js';
import { documents, record, twice } from './documents.testing.js';
import { rules, rulesAt, type RulesDocument } from './rules.js';

const programme = 'service';
const drafted = (ruleSet: string, reviewBy: string): RulesEvent => ({
  type: 'RuleSetDrafted',
  data: { programme, ruleSet, content: { programme, title: ruleSet, reviewBy } },
});
const activated = (ruleSet: string, from: string | null): RulesEvent => ({
  type: 'RuleSetActivated',
  data: { programme, ruleSet, from, overThePast: false },
});
const history = (...events: readonly RulesEvent[]) =>
  record(...events.map((event) => ['rules-service', event] as const));
const shown = async (...events: readonly RulesEvent[]) =>
  (await documents(rules, twice(history(...events))))['service'] as RulesDocument | undefined;

const JUNE = '2031-06-01T00:00:00.000Z';
/** The rules in force are to be reviewed on 20 May; others are planned for June, with a review of their own. */
const planned = [
  drafted('old', '2031-05-20'),
  drafted('new', '2032-06-01'),
  activated('old', null),
  activated('new', JUNE),
];

test('rules that are activated hold, and name the day of their review', async () => {
  expect(await shown(...planned.slice(0, 3))).toMatchObject({ inForce: 'old', reviewBy: '2031-05-20' });
  expect(await shown(drafted('old', '2031-05-20'))).toMatchObject({ inForce: null, reviewBy: null });
});

describe('rules planned for later', () => {
  test('are not in force yet, and hide no review of those that are', async () => {
    expect(await shown(...planned)).toMatchObject({ inForce: 'old', reviewBy: '2031-05-20' });
  });
  test('are in force when their time has come, though nothing happened since', async () => {
    const document = await shown(...planned);
    if (!document) throw new Error('The rules must be shown.');
    expect(rulesAt(document, '2031-05-31T23:59:59.999Z')).toMatchObject({ inForce: 'old', reviewBy: '2031-05-20' });
    expect(rulesAt(document, JUNE)).toMatchObject({ inForce: 'new', reviewBy: '2032-06-01' });
  });
  test('name the next review where that of those in force does not fall due before', async () => {
    const later = [drafted('old', '2031-06-01'), ...planned.slice(1)];
    expect(await shown(...later)).toMatchObject({ inForce: 'old', reviewBy: '2032-06-01' });
  });
});
