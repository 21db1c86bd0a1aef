import { describe, expect, test } from '@jest/globals';
import { rules } from '../case/case.testing.js';
import type { TriageRules } from '../rules/rule-set.js';
import type { ReceivedResponse } from '../response/response-events.js';
import { inRollout } from './stages.js';
import { triage } from './triage.js';

const MATRIX: TriageRules = {
  low: { nps: 6, csat: 2 },
  cells: {
    low: { yes: { do: 'recover', priority: 'high' }, no: { do: 'respect' }, 'not-answered': { do: 'recover' } },
    high: { yes: { do: 'call-back', team: 'sales' }, no: { do: 'nothing' }, notAnswered: { do: 'nothing' } }, // as older rule sets say it
  },
  team: 'north',
};
const at = '2031-05-05T12:00:00.000Z';
const heard = (said: Partial<ReceivedResponse> = {}): ReceivedResponse => ({
  response: 'r1',
  source: 'survey-tool',
  externalId: '117',
  kind: 'survey',
  customer: 'cus-1',
  answers: [{ metric: 'nps', score: 2 }],
  contactMe: 'yes',
  commentLength: 0,
  tags: [],
  ...said,
});
const decide = (said: Partial<ReceivedResponse>, more: Partial<TriageRules> = {}) =>
  triage(heard(said), rules({ triage: { ...MATRIX, ...more } }), at);
const low = [{ metric: 'nps', score: 6 }] as const;
const high = [{ metric: 'nps', score: 7 }] as const;

describe('the six cells', () => {
  test.each([
    ['low/yes', low, 'yes', { outcome: 'case-wanted', kind: 'recover', priority: 'high', team: 'north' }],
    ['low/no', low, 'no', { outcome: 'respected' }],
    ['low/not-answered', low, 'not-answered', { outcome: 'case-wanted', kind: 'recover', priority: 'normal' }],
    ['high/yes', high, 'yes', { outcome: 'case-wanted', kind: 'call-back', priority: 'normal', team: 'sales' }],
    ['high/no', high, 'no', { outcome: 'nothing' }],
    ['high/not-answered', high, 'not-answered', { outcome: 'nothing' }],
  ] as const)('%s', (rule, answers, contactMe, decided) => {
    expect(decide({ answers, contactMe })).toMatchObject({
      rule,
      ...decided,
      ruleSet: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });
});

describe('the score', () => {
  test('one low answer makes it low', () => {
    expect(decide({ answers: [...high, { metric: 'csat', score: 2 }] })).toMatchObject({ score: 'low' });
  });
  test('a metric without a threshold does not count', () => {
    expect(decide({ answers: [...high, { metric: 'ces', score: 1 }] })).toMatchObject({ score: 'high' });
    expect(decide({ answers: [{ metric: 'ces', score: 1 }] })).toMatchObject({ score: 'none' });
  });
  test('a complaint without a score is handled as low, unless the rules have cells for it', () => {
    expect(decide({ kind: 'complaint', answers: [] })).toMatchObject({
      rule: 'none/yes',
      kind: 'recover',
      priority: 'high',
    });
    const none = { ...MATRIX.cells.low, yes: { do: 'nothing' } } as const;
    expect(decide({ answers: [] }, { cells: { ...MATRIX.cells, none } })).toMatchObject({ outcome: 'nothing' });
  });
});

describe('the throttle', () => {
  const throttle = { perTeamAndDay: 1 };

  test('never holds back whoever asked to be contacted, unless the rules say so', () => {
    expect(decide({}, { throttle })).not.toHaveProperty('intake.throttle.perTeamAndDay');
    const strict = { ...throttle, holdsBackYes: true };
    expect(decide({}, { throttle: strict })).toMatchObject({ intake: { throttle: strict } });
    expect(decide({ contactMe: 'not-answered' }, { throttle })).toMatchObject({ intake: { throttle } });
  });
});

describe('overrides', () => {
  const overrides = [
    { id: 'danger', when: { tags: { $in: ['injury'] } }, do: 'recover', priority: 'urgent', team: 'safety' },
    { id: 'long-words', when: { commentLength: { $gte: 200 }, score: 'high' }, do: 'call-back' },
    { id: 'chairs', when: { product: 'garden-chair' }, priority: 'low' },
  ] as const;
  test('the first that holds replaces the fields that it names', () => {
    expect(decide({ contactMe: 'no', tags: ['injury'], product: 'garden-chair' }, { overrides })).toMatchObject({
      rule: 'danger',
      outcome: 'case-wanted',
      priority: 'urgent',
      team: 'safety',
    });
    expect(decide({ product: 'garden-chair' }, { overrides })).toMatchObject({
      rule: 'chairs',
      kind: 'recover',
      priority: 'low',
    });
    expect(decide({ answers: high, contactMe: 'no', commentLength: 200 }, { overrides })).toMatchObject({
      kind: 'call-back',
    });
  });
  test('the cell decides if none holds', () => {
    expect(decide({ commentLength: 500 }, { overrides })).toMatchObject({ rule: 'low/yes' });
  });
});

describe('routing', () => {
  const routing = {
    owners: [
      { when: { tags: { $in: ['press'] } }, owner: 'ana' },
      { when: { priority: 'high' }, owner: 'ben' },
    ],
    skills: [
      { when: { tags: { $in: ['billing'] } }, skill: 'billing' },
      { when: { touchpoint: 'shop', product: 'oven' }, skill: 'repair' },
      { when: { product: 'oven' }, skill: 'repair' },
    ],
    language: 'required',
    weights: { high: 2 },
  } as const;
  const intake = (said: Partial<ReceivedResponse>) => {
    const decided = decide(said, { owner: 'balanced', routing });
    return decided.outcome === 'case-wanted' ? decided.intake : undefined;
  };
  test('says what the case asks of its owner', () => {
    const said = { tags: ['billing', 'press'], product: 'oven', touchpoint: 'shop', language: 'da' };
    expect(intake(said)).toEqual({
      owner: 'balanced',
      fallbackOwner: 'duty-manager',
      weights: { high: 2 },
      named: ['ana', 'ben'],
      skills: ['billing', 'repair'],
      speaks: { language: 'da', is: 'required' },
    });
  });
  test('asks for no language of whoever said none', () => {
    expect(intake({ contactMe: 'not-answered' })).toEqual({
      ...{ owner: 'balanced', fallbackOwner: 'duty-manager', weights: { high: 2 } },
      ...{ named: [], skills: [] },
    });
  });
});

describe('stages', () => {
  const from = '2031-05-05T12:00:00.000Z';
  test('outside all stages nothing is done', () => {
    expect(decide({}, { stages: [{ id: 'trial', touchpoints: ['shop'] }] })).toEqual({
      score: 'low',
      rule: 'outside-stages',
      ruleSet: expect.any(String),
      outcome: 'nothing',
    });
  });
  test.each([
    [true, undefined],
    [true, []],
    [true, [{ id: 'a', from }]],
    [false, [{ id: 'a', until: from }]],
    [true, [{ id: 'a', until: '2031-05-05T12:00:00.001Z' }]],
    [false, [{ id: 'a', from: '2031-05-05T12:00:00.001Z' }]],
    [true, [{ id: 'a', touchpoints: ['shop', 'delivery'] }]],
    [false, [{ id: 'a', touchpoints: ['shop'] }]],
    [
      true,
      [
        { id: 'a', touchpoints: ['shop'] },
        { id: 'b', percentage: 100 },
      ],
    ],
    [false, [{ id: 'a', percentage: 0 }]],
  ])('%s under %j', (inside, stages) => {
    expect(inRollout(heard({ touchpoint: 'delivery' }), stages, at)).toBe(inside);
  });
  test('a tenth of the customers is about a tenth, and stays in as the share grows', () => {
    const customers = Array.from({ length: 5_000 }, (_, n) => `cus-${n}`);
    const inAt = (percentage: number) =>
      customers.filter((customer) => inRollout({ customer }, [{ id: 'a', percentage }], at));
    expect(inAt(10).length).toBeGreaterThan(400);
    expect(inAt(10).length).toBeLessThan(600);
    expect(inAt(20)).toEqual(expect.arrayContaining(inAt(10)));
  });
});

test('rules without triage only record the response', () => {
  expect(triage(heard(), rules({}), at)).toMatchObject({ outcome: 'nothing', rule: 'no-triage' });
});
