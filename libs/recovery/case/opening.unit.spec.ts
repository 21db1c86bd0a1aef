import { describe, expect, test } from '@jest/globals';
import type { CaseCommand } from './case.js';
import { assigned, attempted, fold, given, opened, owned, rules } from './case.testing.js';

const open: CaseCommand = {
  type: 'OpenCase',
  case: 'k1',
  customer: 'cus-1',
  kind: 'recover',
  priority: 'high',
  team: 'north',
  tags: [],
  owner: 'ana',
  assignedBy: 'rule',
};

describe('opening a case', () => {
  test('a case is opened and owned in one step', () => {
    expect(given().when(open)).toEqual([opened, assigned]);
  });
  test('a case that nobody is named for is the programme’s fallback owner’s', () => {
    const { owner: _, assignedBy: __, ...unowned } = open;
    expect(given().when(unowned, { rules: rules({}) })).toMatchObject([
      { type: 'CaseOpened' },
      { type: 'CaseAssigned', data: { owner: 'duty-manager', by: 'programme-fallback' } },
    ]);
  });
  test('a case without any owner is not opened', () => {
    const { owner: _, ...unowned } = open;
    expect(given().when(unowned)).toMatchObject({ refused: 'owner-missing', field: 'owner' });
  });
  test('opening it again adds nothing', () => {
    expect(given(...owned).when(open)).toEqual([]);
    expect(given(...owned, { type: 'CaseMerged', data: { into: 'k2' } }).when(open)).toEqual([]);
  });
  test('the id of one customer’s case opens none for another', () => {
    expect(given(...owned).when({ ...open, customer: 'cus-2' })).toMatchObject({ refused: 'case-opened-already' });
  });
  test('nothing can be asked of a case that was never opened', () => {
    expect(given().when({ type: 'ResumeCase' })).toMatchObject({ refused: 'case-not-found' });
  });
});

describe('a history that contradicts itself is loud', () => {
  test('an event before the opening', () => {
    expect(() => fold(attempted)).toThrow('Broken history: ContactAttempted (e-1) in case-k1 before CaseOpened.');
  });
  test('an answer to an offer that was never made', () => {
    const answered = { type: 'OfferAnswered', data: { offer: 'o1', answer: 'accepted' } } as const;
    expect(() => fold(opened, answered)).toThrow('offer o1, never made');
  });
  test('an answer to a re-survey that was never sent', () => {
    const answered = { type: 'ReSurveyAnswered', data: { survey: 's1', answers: [] } } as const;
    expect(() => fold(opened, answered)).toThrow('answers s1, never sent');
  });
});

describe('sources’ records fold in the order they come', () => {
  test('a case may be approved without being submitted, and by its owner', () => {
    expect(fold(...owned, { type: 'CaseApproved', data: {} })).toMatchObject({
      now: { facts: { status: 'approved' } },
    });
  });
  test('a case may be resumed without being paused', () => {
    expect(fold(opened, { type: 'CaseResumed', data: {} })).toMatchObject({ now: { facts: { status: 'open' } } });
  });
  test('a case may be reopened without being approved', () => {
    expect(fold(...owned, { type: 'CaseReopened', data: { cycle: 2 } })).toMatchObject({
      now: { facts: { cycle: 2 } },
    });
  });
});
