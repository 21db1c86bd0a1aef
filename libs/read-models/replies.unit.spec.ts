import { expect, test } from '@jest/globals';
import { booksOf, rulesOf } from '../recovery/clocks/case-clocks.testing.js';
import { cases } from './cases.js';
import { clocks } from './clocks.js';
import { documents, inputs, record, twice } from './documents.testing.js';
import { queues } from './queues.js';

const opened = {
  type: 'CaseOpened',
  data: { case: '7', customer: 'customer-1', kind: 'recover', priority: 'normal', tags: [] },
} as const;
const approved = { type: 'CaseApproved', data: {} } as const;
const wrote = { type: 'CustomerMessageReceived', data: { channel: 'e-mail' } } as const;
const updated = { type: 'ProgressUpdateSent', data: { channel: 'e-mail' } } as const;
const informed = { type: 'CustomerInformed', data: { channel: 'e-mail' } } as const;

const reply = { id: 'reply', title: 'Answered', each: 'customer-message', goals: [{ within: '4h' }] } as const;
const rules = inputs(booksOf([null, rulesOf([reply])]));
const care = (history: ReturnType<typeof record>) => history.map((event) => ({ ...event, programme: 'care' }));

/** Answered after two hours, then asked again. */
const asked = care(
  record(
    ['case-7', opened],
    ['case-7', wrote, { minute: 60 }],
    ['case-7', updated, { minute: 180 }],
    ['case-7', wrote, { minute: 240 }],
  ),
);

test('each reply that was due has a clock of its own, however often its events come', async () => {
  const expected = {
    '7:reply:1:1': { target: 'reply', cycle: 1, reply: 1, state: 'completed', met: true, workingMs: 2 * 3_600_000 },
    '7:reply:1:2': { cycle: 1, reply: 2, state: 'running', met: null, dueAt: '2031-05-05T17:00:00.000Z' },
  };
  expect(await documents(clocks, asked, rules)).toMatchObject(expected);
  expect(await documents(clocks, twice(asked), rules)).toMatchObject(expected);
});

test('the queue says when the next reply is due, and how many messages wait', async () => {
  expect(await documents(queues, asked, rules)).toMatchObject({
    '7': { unanswered: 1, nextTarget: 'reply', nextDueAt: '2031-05-05T17:00:00.000Z' },
  });
});

test('a closed case stands in the queue while its customer waits for an answer', async () => {
  const closed = [
    ['case-7', opened],
    ['case-7', approved],
    ['case-7', wrote],
  ] as const;
  expect(await documents(queues, care(record(...closed)), rules)).toMatchObject({
    '7': { status: 'approved', unanswered: 1 },
  });
  expect(await documents(queues, care(record(...closed, ['case-7', informed])), rules)).toEqual({});
});

test('the case holds what the customer wrote beside what they were told', async () => {
  expect(await documents(cases, asked, rules)).toMatchObject({
    '7': { unanswered: 1, messages: [{ kind: 'received' }, { kind: 'progress' }, { kind: 'received' }] },
  });
});
