import { describe, expect, test } from '@jest/globals';
import type { Recorded } from '../../event-sourcing/event.js';
import { rulesDecider, type RulesCommand, type RulesContext } from './rule-decider.js';
import type { RulesEvent } from './rules-events.js';

const now = '2031-05-05T12:00:00.000Z';
const programme = 'deliveries';
const olga = { id: 'olga', role: 'operator' };
const otto = { id: 'otto', role: 'operator' };

const given = (...history: RulesEvent[]) => ({
  when: (command: RulesCommand, said: Partial<RulesContext> = {}) =>
    rulesDecider.decide(
      command,
      history
        .map((event) => ({ ...event, actor: olga, stream: 'rules-deliveries' }) as Recorded<RulesEvent>)
        .reduce(rulesDecider.evolve, rulesDecider.initialState),
      { now, actor: otto, commandId: 'c', operators: 2, ...said },
    ),
});
const draft = (ruleSet: string): RulesEvent => ({
  type: 'RuleSetDrafted',
  data: { programme, ruleSet, content: { programme } },
});
const approval = (ruleSet: string): RulesEvent => ({
  type: 'RuleSetApproved',
  data: { programme, ruleSet, reason: 'right' },
});
const activation = (ruleSet: string, from: string | null, overThePast = false): RulesEvent => ({
  type: 'RuleSetActivated',
  data: { programme, ruleSet, from, overThePast },
});
const ready = (...ruleSets: string[]) => ruleSets.flatMap((ruleSet) => [draft(ruleSet), approval(ruleSet)]);

describe('drafting', () => {
  const command = { type: 'DraftRuleSet', programme, ruleSet: 'a', content: { programme } } as const;
  test('a rule set is drafted once', () => {
    expect(given().when(command)).toEqual([draft('a')]);
    expect(given(draft('a')).when(command)).toEqual([]);
  });
  test('rules of another programme are refused', () => {
    expect(given().when({ ...command, content: { programme: 'incidents' } })).toMatchObject({
      refused: 'rules-of-another-programme',
    });
  });
});

describe('rehearsing', () => {
  const command = {
    type: 'RecordRehearsal',
    programme,
    ruleSet: 'a',
    digestBefore: 'x',
    digestAfter: 'y',
    changedCount: 3,
  } as const;
  test('is recorded for a draft, once for its digests', () => {
    const { type: _, ...data } = command;
    const rehearsed: RulesEvent = { type: 'RuleSetRehearsed', data };
    expect(given(draft('a')).when(command)).toEqual([rehearsed]);
    expect(given(draft('a'), rehearsed).when(command)).toEqual([]);
    expect(given().when(command)).toMatchObject({ refused: 'rule-set-not-drafted' });
  });
});

describe('approving', () => {
  const command = { type: 'ApproveRuleSet', programme, ruleSet: 'a', reason: 'right' } as const;
  test('another operator than the author approves', () => {
    expect(given(draft('a')).when(command)).toEqual([approval('a')]);
    expect(given(draft('a')).when(command, { actor: olga })).toMatchObject({ refused: 'four-eyes-on-rules' });
  });
  test('an approval covers one rehearsal, and another one needs another approval', () => {
    const rehearsed = (digestAfter: string): RulesEvent => ({
      type: 'RuleSetRehearsed',
      data: { programme, ruleSet: 'a', digestBefore: 'x', digestAfter, changedCount: 3 },
    });
    const approved = (digestAfter: string): RulesEvent => ({
      type: 'RuleSetApproved',
      data: { programme, ruleSet: 'a', reason: 'right', digestBefore: 'x', digestAfter },
    });
    expect(given(draft('a'), rehearsed('y')).when(command)).toEqual([approved('y')]);
    expect(given(draft('a'), rehearsed('y'), approved('y')).when(command)).toEqual([]);
    expect(given(draft('a'), rehearsed('y'), approved('y'), rehearsed('z')).when(command)).toEqual([approved('z')]);
  });
  test('a rehearsal with the same end but compared with other rules needs another approval too', () => {
    const digests = (digestBefore: string) => ({ digestBefore, digestAfter: 'y' });
    const rehearsed = (digestBefore: string): RulesEvent => ({
      type: 'RuleSetRehearsed',
      data: { programme, ruleSet: 'a', ...digests(digestBefore), changedCount: 3 },
    });
    const approved = (digestBefore: string): RulesEvent => ({
      type: 'RuleSetApproved',
      data: { programme, ruleSet: 'a', reason: 'right', ...digests(digestBefore) },
    });
    const since = [draft('a'), rehearsed('x'), approved('x'), rehearsed('w')];
    expect(given(...since).when(command)).toEqual([approved('w')]);
    expect(given(...since, approved('w')).when(command)).toEqual([]);
  });
  test('the only operator of a store approves alone, and history records it', () => {
    expect(given(draft('a')).when(command, { actor: olga, operators: 1 })).toMatchObject([{ data: { alone: true } }]);
  });
  test('again it adds nothing, and without a reason or a draft it is refused', () => {
    expect(given(...ready('a')).when(command)).toEqual([]);
    expect(given(draft('a')).when({ ...command, reason: '' })).toMatchObject({ refused: 'reason-of-approval-missing' });
    expect(given().when(command)).toMatchObject({ refused: 'rule-set-not-drafted' });
  });
});

describe('activating', () => {
  const activate = (ruleSet: string, said: object = {}) => ({
    type: 'ActivateRuleSet' as const,
    programme,
    ruleSet,
    ...said,
  });
  /** The activation cites the author, the approver and the reason. */
  const agreed = { author: 'olga', approver: 'olga', reason: 'right' };
  const activated = (ruleSet: string, from: string | null) => ({
    type: 'RuleSetActivated',
    data: { programme, ruleSet, from, overThePast: false, ...agreed },
  });
  test('the first rules are in force since ever', () => {
    expect(given(...ready('a')).when(activate('a'))).toEqual([activated('a', null)]);
  });
  test('later ones from now, from a later time, or over the past', () => {
    const first = [...ready('a', 'b'), activation('a', null)];
    expect(given(...first).when(activate('b'))).toEqual([activated('b', now)]);
    const from = '2031-06-01T00:00:00.000Z';
    expect(given(...first).when(activate('b', { from }))).toEqual([activated('b', from)]);
    expect(given(...first).when(activate('b', { overThePast: true, digestAfter: 'y' }))).toEqual([
      {
        type: 'RuleSetActivated',
        data: { programme, ruleSet: 'b', from: null, overThePast: true, ...agreed, digestAfter: 'y' },
      },
    ]);
  });
  test('activating the rules in force adds nothing', () => {
    expect(given(...ready('a'), activation('a', null)).when(activate('a'))).toEqual([]);
    expect(given(...ready('a'), activation('a', null)).when(activate('a', { overThePast: true }))).toEqual([]);
    const second = [...ready('a', 'b'), activation('a', null), activation('b', now)];
    expect(given(...second).when(activate('b'))).toEqual([]);
    expect(given(...second).when(activate('b', { overThePast: true }))).toHaveLength(1);
  });
  test('planned rules can take force now', () => {
    const from = '2031-06-01T00:00:00.000Z';
    const planned = [...ready('a', 'b'), activation('a', null), activation('b', from)];
    expect(given(...planned).when(activate('b'))).toMatchObject([activated('b', now)]);
    expect(given(...planned).when(activate('b', { from }))).toEqual([]);
    expect(given(...planned).when(activate('b'), { now: from })).toEqual([]);
  });
  test('it names the planned rules that it replaces', () => {
    const b = { ruleSet: 'b', from: '2031-06-01T00:00:00.000Z' };
    const c = { ruleSet: 'c', from: '2031-07-01T00:00:00.000Z' };
    const planned = [
      ...ready('a', 'b', 'c', 'd'),
      activation('a', null),
      activation('b', b.from),
      activation('c', c.from),
    ];
    const decided = (said: object) => given(...planned).when(activate('d', said));
    expect(decided({})).toMatchObject([{ data: { from: now, replaces: [b, c] } }]);
    expect(decided({ overThePast: true })).toMatchObject([{ data: { replaces: [b, c] } }]);
    expect(decided({ from: '2031-06-15T00:00:00.000Z' })).toMatchObject([{ data: { replaces: [c] } }]);
    const august = '2031-08-01T00:00:00.000Z';
    expect(decided({ from: august })).toEqual([activated('d', august)]);
  });
  test('not unapproved, not into the past, not both ways', () => {
    const first = [...ready('a', 'b'), activation('a', null), draft('c')];
    expect(given(...first).when(activate('c'))).toMatchObject({ refused: 'rule-set-not-approved' });
    const from = '2031-05-05T11:59:59.999Z';
    expect(given(...first).when(activate('b', { from }))).toMatchObject({ refused: 'activation-in-the-past' });
    expect(given(...first).when(activate('b', { from: now, overThePast: true }))).toMatchObject({
      refused: 'activation-unclear',
    });
  });
});

describe('rolling back', () => {
  const command = { type: 'RollBackRules', programme, reason: 'too strict' } as const;
  const second = [...ready('a', 'b'), activation('a', null), activation('b', null, true)];
  const back: RulesEvent = {
    type: 'RuleSetRolledBack',
    data: { programme, book: [{ ruleSet: 'a', from: null }], reason: 'too strict' },
  };
  test('it restores the book before the last activation', () => {
    expect(given(...second).when(command)).toEqual([back]);
  });
  test('it works once, with a reason, and only after an activation', () => {
    expect(given(...second, back).when(command)).toMatchObject({ refused: 'nothing-to-roll-back' });
    expect(given(...second).when({ ...command, reason: '' })).toMatchObject({ refused: 'reason-of-roll-back-missing' });
    expect(given(...ready('a'), activation('a', null)).when(command)).toMatchObject({
      refused: 'nothing-to-roll-back',
    });
  });
});

describe('reviewing', () => {
  const command = {
    type: 'ReviewRuleSet',
    programme,
    ruleSet: 'a',
    reviewBy: '2032-05-05',
    note: 'still right',
  } as const;
  test('needs a next day of review in the future', () => {
    const { type: _, ...data } = command;
    const reviewed: RulesEvent = { type: 'RuleSetReviewed', data };
    expect(given(draft('a')).when(command)).toEqual([reviewed]);
    expect(given(draft('a'), reviewed).when(command)).toEqual([]);
    expect(given(draft('a')).when({ ...command, reviewBy: '2031-05-05' })).toMatchObject({
      refused: 'next-review-in-the-past',
    });
  });
});

test('an approval of rules that nobody drafted throws', () => {
  expect(() => given(approval('a')).when({ type: 'RollBackRules', programme, reason: 'x' })).toThrow('nobody drafted');
});

describe('an overdue review', () => {
  const overdue = { type: 'RecordReviewOverdue', programme, ruleSet: 'a', reviewBy: '2031-05-04' } as const;
  const inForce = (reviewBy: string): RulesEvent[] => [
    { type: 'RuleSetDrafted', data: { programme, ruleSet: 'a', content: { programme, reviewBy } } },
    approval('a'),
    activation('a', null),
  ];
  const recorded: RulesEvent = {
    type: 'RuleSetReviewOverdue',
    data: { programme, ruleSet: 'a', reviewBy: '2031-05-04', noticedAt: now },
  };
  test('of the rules in force is recorded once when its day is over', () => {
    expect(given(...inForce('2031-05-04')).when(overdue)).toEqual([recorded]);
    expect(given(...inForce('2031-05-04'), recorded).when(overdue)).toEqual([]);
    const today = { ...overdue, reviewBy: '2031-05-05' };
    expect(given(...inForce('2031-05-05')).when(today)).toMatchObject({ refused: 'review-not-overdue' });
  });
  test('is none once somebody reviewed them, or others are in force', () => {
    const reviewed: RulesEvent = { type: 'RuleSetReviewed', data: { programme, ruleSet: 'a', reviewBy: '2031-12-31' } };
    expect(given(...inForce('2031-05-04'), reviewed).when(overdue)).toMatchObject({ refused: 'review-of-other-rules' });
    const others = [...inForce('2031-05-04'), ...ready('b'), activation('b', null, true)];
    expect(given(...others).when(overdue)).toMatchObject({ refused: 'review-of-other-rules' });
  });
});
