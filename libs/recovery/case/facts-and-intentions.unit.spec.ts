import { describe, expect, test } from '@jest/globals';
import { isRefusal } from '../../event-sourcing/decider.js';
import { CASE_COMMANDS, type CaseCommand, type CaseEvent } from './case.js';
import { approved, closed, given, happened, owned, submitted, sue, time } from './case.testing.js';

/** What facts speak of: an offer that waits for a supervisor, and a survey that was sent. */
const OFFERED: CaseEvent = {
  type: 'ResolutionOffered',
  data: { offer: 'o1', kind: 'refund', needsAuthority: true },
};
const ASKED: CaseEvent = { type: 'ReSurveySent', data: { survey: 's-1', channel: 'e-mail' } };
const begun = [...owned, OFFERED, ASKED] as const;
const givenUp: CaseEvent = { type: 'CaseGivenUp', data: { reason: 'unreachable' } };

const facts = CASE_COMMANDS.filter(({ is }) => is === 'fact').map(({ type, comes }): CaseCommand => {
  const example = 'example' in comes ? comes.example : {};
  return { ...example, type, ...(type === 'AnswerOffer' && { offer: 'o1' }) } as CaseCommand;
});

describe.each(facts)('$type is a fact', (said) => {
  test.each([
    ['open', begun],
    ['paused', [...begun, { type: 'CasePaused', data: { waitingOn: 'customer' } } as const]],
    ['submitted', [...begun, submitted]],
    ['given up', [...begun, givenUp]],
    ['approved', [...begun, submitted, approved]],
    ['reopened', [...begun, submitted, approved, { type: 'CaseReopened', data: { cycle: 2 } } as const]],
  ])('and is recorded of a case that is %s', (_, history) => {
    expect(isRefusal(given(...history).when(said))).toBe(false);
    expect(isRefusal(given(...history).when(said, { occurredAt: time('09:00') }))).toBe(false);
  });
  test('but not of what can’t be: before the opening, or of no case', () => {
    expect(given().when(said)).toMatchObject({ refused: 'case-not-found' });
    expect(given(...begun).when(said, { occurredAt: time('08:59') })).toMatchObject({ refused: 'before-the-case' });
  });
});

test('what speaks of a merged case’s own offers and surveys is recorded there, all else in the case that goes on', () => {
  const merged = [...begun, { type: 'CaseMerged', data: { into: 'k2' } } as const];
  const recorded = facts.filter((said) => !isRefusal(given(...merged).when(said))).map(({ type }) => type);
  expect(recorded.toSorted()).toEqual(['AddNote', 'AnswerOffer', 'AnswerReSurvey']);
});

test('an intention is refused where a rule stands against it', () => {
  const handing = { type: 'HandOffCase', toOwner: 'ben', reason: 'holiday' } as const;
  expect(given(...closed).when(handing)).toMatchObject({ refused: 'closed' });
  expect(given(...closed).when({ type: 'OfferResolution', kind: 'refund' })).toMatchObject({ refused: 'closed' });
  expect(given(...begun, happened(submitted, sue)).when({ type: 'ApproveCase' })).toMatchObject({
    refused: 'four-eyes',
  });
});
