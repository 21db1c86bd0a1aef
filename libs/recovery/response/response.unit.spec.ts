import { describe, expect, test } from '@jest/globals';
import type { Recorded } from '../../event-sourcing/event.js';
import type { ResponseEvent } from './response-events.js';
import { rulesOf } from '../clocks/case-clocks.testing.js';
import { compileRules } from '../rules/compile.js';
import { idOf } from '../../event-sourcing/identity.js';
import { responseDecider, type Response, type ResponseCommand } from './response.js';

const context = { now: '2031-05-05T12:00:00.000Z', actor: { id: 'survey-tool', role: 'integrator' }, commandId: 'c' };
const heard = {
  response: 'r1',
  source: 'survey-tool',
  externalId: '117',
  kind: 'survey',
  customer: 'cus-1',
  answers: [{ metric: 'nps', score: 2 }],
  contactMe: 'yes',
  commentLength: 0,
  tags: [],
} as const;
const CELL = { do: 'recover', priority: 'high', team: 'north' } as const;
const CELLS = { yes: CELL, no: CELL, 'not-answered': CELL };
/** What is held back longer than two days expires. */
const RULES = compileRules(
  rulesOf([], {
    triage: {
      low: { nps: 6 },
      cells: { low: CELLS, high: CELLS },
      throttle: { perTeamAndDay: 1, release: { order: 'oldest-first', within: '2d' } },
    },
  }),
);
const received: ResponseEvent = { type: 'ResponseReceived', data: heard };
const opening = { score: 'low', rule: 'low/yes', outcome: 'opened', case: 'k1', ruleSet: 'abc' } as const;
const triaged: ResponseEvent = { type: 'ResponseTriaged', data: { response: 'r1', contactMe: 'yes', ...opening } };

const given = (...history: ResponseEvent[]) => ({
  when: (command: ResponseCommand, now = context.now) =>
    responseDecider.decide(
      command,
      history.reduce<Response>(
        (state, event) =>
          responseDecider.evolve(state, {
            occurredAt: '2031-05-05T09:00:00.000Z',
            ...event,
          } as Recorded<ResponseEvent>),
        { status: 'none' },
      ),
      { ...context, now, rulesAt: () => RULES },
    ),
});

describe('receiving', () => {
  test('a response is recorded as it was heard, without what it does not say', () => {
    expect(given().when({ type: 'ReceiveResponse', ...heard, touchpoint: undefined })).toStrictEqual([received]);
  });
  test('sent again, what was heard first stands', () => {
    expect(given(received).when({ type: 'ReceiveResponse', ...heard, contactMe: 'no' })).toEqual([]);
    expect(given(received, triaged).when({ type: 'ReceiveResponse', ...heard })).toEqual([]);
  });
  test.each([
    ['nps', 11],
    ['nps', -1],
    ['csat', 0],
    ['ces', 8],
    ['stars', 4.5],
  ] as const)('%s %d is no score', (metric, score) => {
    expect(given().when({ type: 'ReceiveResponse', ...heard, answers: [{ metric, score }] })).toMatchObject({
      refused: 'score-off-scale',
      field: 'answers[0].score',
    });
  });
  test('one answer to a metric', () => {
    const answers = [...heard.answers, ...heard.answers];
    expect(given().when({ type: 'ReceiveResponse', ...heard, answers })).toMatchObject({ refused: 'metric-twice' });
  });
});

describe('triage', () => {
  const triage = { type: 'TriageResponse', ...opening } as const;
  test('what the rules said is recorded with the question that the customer answered', () => {
    expect(given(received).when(triage)).toEqual([triaged]);
  });
  test('the same again adds nothing, another decision is refused', () => {
    expect(given(received, triaged).when(triage)).toEqual([]);
    const { case: _, ...nothing } = triage;
    expect(given(received, triaged).when({ ...nothing, outcome: 'nothing' })).toMatchObject({
      refused: 'triaged-already',
    });
  });
  test('only what was received, and with a case where one is opened', () => {
    expect(given().when(triage)).toMatchObject({ refused: 'response-not-found' });
    expect(given(received).when({ ...triage, outcome: 'respected' })).toMatchObject({ refused: 'triage-unclear' });
    expect(() => given(triaged).when(triage)).toThrow('triaged before it was received');
  });
});

describe('what a throttle held back', () => {
  const heldBack: ResponseEvent = {
    type: 'ResponseTriaged',
    data: { response: 'r1', contactMe: 'yes', score: 'low', rule: 'low/yes', outcome: 'held-back', ruleSet: 'abc' },
  };
  const id = idOf('survey-tool', '117');
  const releasing = { type: 'ReleaseResponse', response: 'r1', reason: 'Called as well' } as const;
  const awaited = { kind: 'recover', priority: 'high', team: 'north' } as const;
  const released = (by: 'rule' | 'person'): ResponseEvent => ({
    type: 'ResponseReleased',
    data: { response: 'r1', case: id, by, ...awaited },
  });
  const expired: ResponseEvent = {
    type: 'ResponseExpired',
    data: { response: 'r1', heldUntil: '2031-05-07T09:00:00.000Z' },
  };
  const recording = { type: 'RecordRelease', case: id, ...awaited } as const;

  test('a person releases, for the case that its cell wants', () => {
    expect(given(received, heldBack).when(releasing)).toEqual([
      {
        type: 'ResponseReleased',
        data: { response: 'r1', case: id, by: 'person', ...awaited, reason: 'Called as well' },
      },
    ]);
  });
  test.each([
    ['response-not-found', []],
    ['not-triaged-yet', [received]],
    ['not-held-back', [received, triaged]],
    ['released-already', [received, heldBack, released('rule')]],
    ['held-back-expired', [received, heldBack, expired]],
  ] as const)('what is no longer held back is not released: %s', (refused, history) => {
    const now = '2031-05-08T00:00:00.000Z';
    expect(given(...history).when(releasing, now)).toMatchObject({ refused });
  });
  test('from the age that the rules name on it has expired, recorded or not', () => {
    expect(given(received, heldBack).when(releasing, '2031-05-07T08:59:59.999Z')).toHaveLength(1);
    expect(given(received, heldBack).when(releasing, '2031-05-07T09:00:00.000Z')).toMatchObject({
      refused: 'held-back-expired',
    });
  });
  test('its expiry is recorded once, at the age that the rules name', () => {
    const recorded = { type: 'RecordExpiry' } as const;
    expect(given(received, heldBack).when(recorded, '2031-05-07T08:59:59.999Z')).toEqual([]);
    expect(given(received, heldBack).when(recorded, '2031-05-09T00:00:00.000Z')).toEqual([expired]);
    for (const ended of [expired, released('person')])
      expect(given(received, heldBack, ended).when(recorded, '2031-05-09T00:00:00.000Z')).toEqual([]);
    expect(given(received, triaged).when(recorded)).toMatchObject({ refused: 'not-held-back' });
  });
  test('a rule’s release is recorded once, also when it got too old meanwhile: it is in the intake', () => {
    expect(given(received, heldBack).when(recording)).toEqual([released('rule')]);
    expect(given(received, heldBack, expired).when(recording)).toEqual([released('rule')]);
    expect(given(received, heldBack, released('person')).when(recording)).toEqual([]);
    expect(given(received).when(recording)).toMatchObject({ refused: 'not-triaged-yet' });
  });
  test('nothing is released before it was held back', () => {
    expect(() => given(received, released('rule')).when(recording)).toThrow('before it was triaged');
  });
});
