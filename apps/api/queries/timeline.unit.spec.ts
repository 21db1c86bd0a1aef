import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { idOf } from '../../../libs/event-sourcing/identity.js';
import { appendEvents, openHistory, type GivenEvent } from '../../../libs/replay/history.testing.js';
import { timelineOf } from './timeline.js';

let history: ReturnType<typeof openHistory>;
beforeEach(() => {
  history = openHistory();
});
afterEach(() => history.close());

const received: GivenEvent = {
  stream: 'response-r',
  event: {
    type: 'ResponseReceived',
    data: {
      response: 'r',
      source: 'web',
      externalId: '1',
      kind: 'survey',
      customer: 'customer-1',
      answers: [{ metric: 'nps', score: 2 }],
      contactMe: 'yes',
      commentLength: 0,
      tags: [],
    },
  },
};
const opened: GivenEvent = {
  stream: 'case-7',
  event: {
    type: 'CaseOpened',
    data: { case: '7', customer: 'customer-1', kind: 'recover', priority: 'low', tags: [], response: 'r' },
  },
};
const clock = {
  ...{ case: '7', target: 'acknowledge', cycle: 1, dueAt: '2031-05-05T10:00:00.000Z' },
  ...{ ruleSet: 'x', timeZoneData: '2031a' },
};
const warned: GivenEvent = {
  stream: 'clock-7',
  event: { type: 'TargetWarned', data: { ...clock, remainingMs: 60_000 } },
};
const found: GivenEvent = {
  stream: 'case-7',
  event: { type: 'RootCauseIdentified', data: { cause: ['process', 'billing'] } },
};
const corrected: GivenEvent = {
  stream: 'case-7',
  event: {
    type: 'EventCorrected',
    data: {
      corrects: idOf('case-7', 2),
      correctsType: 'RootCauseIdentified',
      reason: 'read again',
      set: { cause: ['people', 'attitude'] },
    },
  },
};

test('tells what happened to the response, to the case and to its clocks, in the order recorded', async () => {
  await appendEvents(history.events, [received, opened, warned, found]);
  const { entries, ...about } = await timelineOf(history.events, '7');
  expect(about).toEqual({ about: 'case', programme: 'care', customer: 'customer-1', response: 'r' });
  expect(entries.map(({ type }) => type)).toEqual([
    'ResponseReceived',
    'CaseOpened',
    'TargetWarned',
    'RootCauseIdentified',
  ]);
});

test('shows what was corrected as it was said, with the correction beside it', async () => {
  await appendEvents(history.events, [opened, found, corrected]);
  const { entries } = await timelineOf(history.events, '7');
  expect(entries[1]).toMatchObject({
    said: { cause: ['process', 'billing'] },
    by: 'ana',
    role: 'agent',
    imported: false,
    correctedBy: [idOf('case-7', 3)],
  });
  expect(entries[2]).toMatchObject({ type: 'EventCorrected', correctedBy: [] });
});

test('tells what happened to a case whose response nobody recorded', async () => {
  await appendEvents(history.events, [opened]);
  const { response, entries } = await timelineOf(history.events, '7');
  expect({ response, entries: entries.length }).toEqual({ response: 'r', entries: 1 });
});
