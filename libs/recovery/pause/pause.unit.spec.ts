import { describe, expect, test } from '@jest/globals';
import type { CaseEvent } from '../case/case.js';
import { closed, fold, given, owned, submitted, time } from '../case/case.testing.js';

const pause = { type: 'PauseCase', waitingOn: 'customer', reason: 'sends a photo', until: time('18:00') } as const;
const paused = {
  type: 'CasePaused',
  data: { waitingOn: 'customer', reason: 'sends a photo', until: time('18:00') },
} as const;

describe('pausing', () => {
  test('a case waits for somebody, until a time', () => {
    expect(given(...owned).when(pause)).toEqual([paused]);
  });
  test('pausing it again adds nothing', () => {
    expect(given(...owned, paused).when(pause)).toEqual([]);
  });
  test('it waits for one at a time: for the last one named', () => {
    const next = { type: 'CasePaused', data: { waitingOn: 'third-party' } } as const;
    expect(given(...owned, paused).when({ type: 'PauseCase', waitingOn: 'third-party' })).toEqual([next]);
    expect(fold(...owned, paused, next).now).toMatchObject({
      facts: { waitingOn: 'third-party' },
      pausedUntil: undefined,
    });
  });
  test('a pause that ends before it begins is none', () => {
    expect(given(...owned).when({ ...pause, until: time('12:00') })).toMatchObject({
      refused: 'pause-ends-in-the-past',
      field: 'until',
    });
    expect(given(...owned).when({ ...pause, until: time('10:00') }, { occurredAt: time('10:00') })).toMatchObject({
      refused: 'pause-ends-in-the-past',
    });
  });
  test('a pause that began and ended before it is told is one', () => {
    const over = { ...pause, until: time('11:00') };
    expect(given(...owned).when(over, { occurredAt: time('10:00') })).toMatchObject([
      { data: { until: time('11:00') } },
    ]);
  });
  test.each([
    ['in-review', 'submitted', [...owned, submitted]],
    ['closed', 'approved', closed],
  ])('what is %s waits for nobody: a pause is a breach and holds nothing', (breach, status, history) => {
    expect(given(...history).when(pause)).toMatchObject([{ data: { waitingOn: 'customer', breaches: [breach] } }]);
    const broken = { ...paused, data: { ...paused.data, breaches: [breach] } } as CaseEvent;
    expect(fold(...history, broken).now?.facts).toMatchObject({ status, waitingOn: null });
  });
});

describe('resuming', () => {
  test('a paused case goes on', () => {
    expect(given(...owned, paused).when({ type: 'ResumeCase', reason: 'photo is here' })).toEqual([
      { type: 'CaseResumed', data: { reason: 'photo is here' } },
    ]);
  });
  test('a case that goes on anyway adds nothing', () => {
    expect(given(...owned).when({ type: 'ResumeCase' })).toEqual([]);
  });
  test('nor does one in review, or a closed one, which waits for nobody', () => {
    expect(given(...owned, submitted).when({ type: 'ResumeCase' })).toEqual([]);
    expect(given(...closed).when({ type: 'ResumeCase' })).toEqual([]);
  });
});
