import { describe, expect, test } from '@jest/globals';
import { closed, given, owned, submitted, time } from '../case/case.testing.js';

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
  test('it waits for one at a time', () => {
    expect(given(...owned, paused).when({ type: 'PauseCase', waitingOn: 'third-party' })).toMatchObject({
      refused: 'paused-already',
    });
  });
  test('a pause that is over is none', () => {
    expect(given(...owned).when({ ...pause, until: time('12:00') })).toMatchObject({
      refused: 'pause-ends-in-the-past',
    });
  });
  test('what is reviewed or closed does not wait', () => {
    expect(given(...owned, submitted).when(pause)).toMatchObject({ refused: 'in-review' });
    expect(given(...closed).when(pause)).toMatchObject({ refused: 'closed' });
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
  test('a closed case is not resumed', () => {
    expect(given(...closed).when({ type: 'ResumeCase' })).toMatchObject({ refused: 'closed' });
  });
});
