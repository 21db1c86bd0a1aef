import { describe, expect, test } from '@jest/globals';
import type { CaseEvent } from './case.js';
import { ana, fold, given, happened, time } from './case.testing.js';

const opened: CaseEvent = {
  type: 'CaseOpened',
  data: { case: 'k1', customer: 'cus-1', kind: 'recover', priority: 'normal', tags: [] },
};
const submitted: CaseEvent = { type: 'CaseSubmitted', data: {} };
const offered: CaseEvent = { type: 'ResolutionOffered', data: { offer: 'o1', kind: 'refund', needsAuthority: false } };
const answered: CaseEvent = { type: 'OfferAnswered', data: { offer: 'o1', answer: 'accepted' } };
const at = (event: CaseEvent, hour: string) => happened(event, ana, time(hour));
const logged = { type: 'LogContactAttempt', channel: 'phone', outcome: 'reached' } as const;

describe('what happened before the end of a case, and is told after it', () => {
  const closed = [at(opened, '09:00'), at(submitted, '11:00')];

  test('is recorded, as the case was then', () => {
    expect(given(...closed).when(logged, { occurredAt: time('10:00') })).toMatchObject([{ type: 'ContactAttempted' }]);
  });
  test('breaks a rule where it happened after the end', () => {
    const broken = [{ data: { breaches: ['in-review'] } }];
    expect(given(...closed).when(logged, { occurredAt: time('11:30') })).toMatchObject(broken);
    expect(given(...closed).when(logged)).toMatchObject(broken);
  });
  test('is recorded of a case that was merged since', () => {
    const merged = [at(opened, '09:00'), at({ type: 'CaseMerged', data: { into: 'k2' } }, '11:00')];
    expect(given(...merged).when(logged, { occurredAt: time('10:00') })).toMatchObject([{ type: 'ContactAttempted' }]);
    expect(given(...merged).when(logged)).toMatchObject({ refused: 'case-merged' });
  });
  test('is refused before the opening, naming it', () => {
    expect(given(...closed).when(logged, { occurredAt: time('08:59') })).toMatchObject({
      refused: 'before-the-case',
      because: expect.stringContaining(time('09:00')),
      field: 'occurredAt',
    });
  });
});

test('an answer that is told late has its offer before it, or is refused', () => {
  const made = [at(opened, '09:00'), at(offered, '10:00'), at(submitted, '11:00')];
  const answer = { type: 'AnswerOffer', offer: 'o1', answer: 'accepted' } as const;
  expect(given(...made).when(answer, { occurredAt: time('10:30') })).toMatchObject([{ type: 'OfferAnswered' }]);
  expect(given(...made).when(answer, { occurredAt: time('09:30') })).toMatchObject({ refused: 'offer-not-found' });
});

test('the state of a case follows the order in which its events happened', () => {
  const late = fold(at(opened, '09:00'), at(submitted, '11:00'), at(offered, '09:30'), at(answered, '10:30'));
  expect(late.now?.facts).toMatchObject({ status: 'submitted', offered: true, offerAnswer: 'accepted' });
  expect(() => fold(at(opened, '09:00'), at(offered, '10:00'), at(answered, '09:30'))).toThrow('offer o1, never made');
});
