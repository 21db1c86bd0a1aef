import { describe, expect, test } from '@jest/globals';
import type { Recorded } from '../../event-sourcing/event.js';
import type { ResponseEvent } from './response-events.js';
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
const received: ResponseEvent = { type: 'ResponseReceived', data: heard };
const opening = { score: 'low', rule: 'low/yes', outcome: 'opened', case: 'k1', ruleSet: 'abc' } as const;
const triaged: ResponseEvent = { type: 'ResponseTriaged', data: { response: 'r1', contactMe: 'yes', ...opening } };

const given = (...history: ResponseEvent[]) => ({
  when: (command: ResponseCommand) =>
    responseDecider.decide(
      command,
      history.reduce<Response>((state, event) => responseDecider.evolve(state, event as Recorded<ResponseEvent>), {
        status: 'none',
      }),
      context,
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
