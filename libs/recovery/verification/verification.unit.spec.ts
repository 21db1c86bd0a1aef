import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { closed, given, owned, rules, time } from '../case/case.testing.js';
import type { Recorded } from '../../event-sourcing/event.js';
import { draw } from './drawing.js';
import { type VerificationEvent, verificationDecider, type VerificationCommand } from './verification.js';

describe('calling back', () => {
  const call = { type: 'RecordCallback', outcome: 'reached', satisfied: true, note: 'all fine' } as const;
  const called = { type: 'CallbackRecorded', data: { outcome: 'reached', satisfied: true, note: 'all fine' } } as const;
  test('an approved case is called back', () => {
    expect(given(...closed).when(call)).toEqual([called]);
  });
  test('the same command is one call', () => {
    expect(given(...closed, called).when(call, { commandId: 'c-7' })).toEqual([]);
    expect(given(...closed, called).when(call, { commandId: 'c-8' })).toEqual([called]);
  });
  test('before approval it is a breach', () => {
    expect(given(...owned).when(call)).toMatchObject([{ data: { breaches: ['callback-before-approval'] } }]);
  });
  test('of a customer who was not reached nobody knows whether they are satisfied', () => {
    expect(given(...closed).when({ ...call, outcome: 'voicemail' })).toMatchObject({ refused: 'satisfied-unreached' });
  });
});

describe('asking again', () => {
  const send = { type: 'SendReSurvey', survey: 's1', channel: 'e-mail' } as const;
  const sent = { type: 'ReSurveySent', data: { survey: 's1', channel: 'e-mail' } } as const;
  const late = { rules: rules({ verification: { reSurveyAfter: '2h', coolDown: '30d' } }) };

  test('after approval and the rules’ delay', () => {
    expect(given(...closed).when(send, late)).toEqual([sent]);
    expect(given(...closed).when(send, { ...late, now: time('10:59') })).toMatchObject({
      refused: 're-survey-too-early',
      because: expect.stringContaining(time('11:00')),
    });
    expect(given(...owned).when(send)).toMatchObject({ refused: 're-survey-before-approval' });
  });
  test('nobody is asked during the cool-down', () => {
    const context = { ...late, lastReSurveyAt: '2031-04-05T12:00:00.001Z' };
    expect(given(...closed).when(send, context)).toMatchObject({ refused: 're-survey-cool-down' });
    expect(given(...closed).when(send, { ...context, lastReSurveyAt: '2031-04-05T12:00:00.000Z' })).toEqual([sent]);
  });
  test('too early, too often or twice it is a fact all the same, where it says when it happened', () => {
    const at = { occurredAt: time('11:30') };
    expect(given(...closed).when(send, { ...late, ...at })).toEqual([sent]);
    const cool = { ...late, lastReSurveyAt: '2031-05-01T12:00:00.000Z' };
    expect(
      given(...closed, sent).when({ ...send, survey: 's2' }, { ...cool, occurredAt: time('10:00') }),
    ).toMatchObject([
      { data: { survey: 's2', breaches: ['re-survey-too-early', 're-surveyed-already', 're-survey-cool-down'] } },
    ]);
    expect(given(...owned).when(send, { ...late, ...at })).toMatchObject([
      { data: { breaches: ['re-survey-before-approval'] } },
    ]);
  });
  test('once a cycle', () => {
    expect(given(...closed, sent).when(send)).toEqual([]);
    expect(given(...closed, sent).when({ ...send, survey: 's2' })).toMatchObject({ refused: 're-surveyed-already' });
    const { survey: _, ...unnamed } = send;
    const [first] = [given(...closed).when(unnamed)].flat();
    expect(first).toMatchObject({ data: { survey: expect.stringMatching(/^[0-9a-f-]{36}$/) } });
  });
  test('the answer is recorded once', () => {
    const answer = { type: 'AnswerReSurvey', survey: 's1', answers: [{ metric: 'nps', score: 9 }] } as const;
    const answered = {
      type: 'ReSurveyAnswered',
      data: { survey: 's1', answers: [{ metric: 'nps', score: 9 }] },
    } as const;
    expect(given(...closed, sent).when(answer)).toEqual([answered]);
    expect(given(...closed, sent, answered).when(answer)).toEqual([]);
    expect(given(...closed).when(answer)).toMatchObject({ refused: 're-survey-not-found' });
    expect(given(...closed, sent).when({ ...answer, answers: [] })).toMatchObject({
      refused: 're-survey-without-answer',
    });
    const offScale = [{ metric: 'nps', score: 11 } as const];
    expect(given(...closed, sent).when({ ...answer, answers: offScale })).toMatchObject({ refused: 'score-off-scale' });
  });
});

describe('drawing a sample', () => {
  const context = { now: time('12:00'), actor: { id: 'op', role: 'operator' }, commandId: 'c' };
  const decide = (command: Partial<VerificationCommand>, sampled?: string) =>
    verificationDecider.decide(
      { type: 'DrawSample', period: '2031-04', until: MAY, seed: 'dice 4 6 1', rate: 0.5, cases, ...command },
      sampled === undefined ? { status: 'none' } : { status: 'sampled', seed: sampled },
      context,
    );
  const MAY = '2031-05-01T00:00:00.000Z';
  const cases = ['k3', 'k1', 'k2', 'k4'].map((id) => ({ case: id }));

  test('an auditor can draw it again: SHA-256 of seed, newline and case id, lowest first', () => {
    // printf 'dice 4 6 1\nk1' | sha256sum, and so on.
    expect(draw('dice 4 6 1', 0.5, ['k1', 'k2', 'k3', 'k4'])).toEqual(['k3', 'k1']);
    expect(decide({})).toEqual([
      {
        type: 'VerificationSampled',
        data: {
          period: '2031-04',
          seed: 'dice 4 6 1',
          rate: 0.5,
          cases: ['k1', 'k2', 'k3', 'k4'],
          drawn: ['k3', 'k1'],
        },
      },
    ]);
  });
  test('the order of the cases does not matter, and the share is rounded up', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.uuid(), { minLength: 1 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (ids, rate) => {
          const drawn = draw('seed', rate, ids);
          expect(drawn).toEqual(draw('seed', rate, [...ids].reverse()));
          expect(drawn).toHaveLength(Math.ceil(rate * ids.length));
        },
      ),
    );
  });
  test('each stratum is drawn by itself, so that none is left out', () => {
    const strata = cases.map(({ case: id }, index) => ({ case: id, stratum: index < 3 ? 'north' : 'south' }));
    expect(decide({ cases: strata, rate: 0.1 })).toMatchObject([
      { data: { stratum: 'north', cases: ['k1', 'k2', 'k3'], drawn: [expect.any(String)] } },
      { data: { stratum: 'south', cases: ['k4'], drawn: ['k4'] } },
    ]);
  });
  test('drawn again with the same seed it adds nothing, with another it is refused', () => {
    expect(decide({}, 'dice 4 6 1')).toEqual([]);
    expect(decide({}, 'a better one')).toMatchObject({ refused: 'sampled-already' });
  });
  test('not before the period is over: what is approved until then would be in no sample', () => {
    expect(decide({ until: '2031-05-05T12:00:00.001Z' })).toMatchObject({
      refused: 'period-not-over',
      because: expect.stringContaining('2031-05-05T12:00:00.001Z'),
    });
    expect(decide({ until: '2031-05-05T12:00:00.000Z' })).toHaveLength(1);
  });
  test.each([
    ['seed-missing', { seed: '' }],
    ['rate-out-of-range', { rate: 0 }],
    ['rate-out-of-range', { rate: 1.01 }],
    ['rate-out-of-range', { rate: Number.NaN }],
    ['nothing-to-draw', { cases: [] }],
  ])('%s is refused', (refused, command) => {
    expect(decide(command)).toMatchObject({ refused });
  });
  test('what was drawn is remembered', () => {
    const event = { type: 'VerificationSampled', data: { seed: 's' } } as Recorded<VerificationEvent>;
    expect(verificationDecider.evolve({ status: 'none' }, event)).toEqual({ status: 'sampled', seed: 's' });
  });
});
