import { expect, test } from '@jest/globals';
import { documents, record, twice } from './documents.testing.js';
import { queues } from './queues.js';

const opened = {
  type: 'CaseOpened',
  data: { case: '7', customer: 'customer-1', kind: 'recover', priority: 'high', team: 'north', tags: [] },
} as const;
const assigned = { type: 'CaseAssigned', data: { owner: 'ana', by: 'rule' } } as const;
const tried = { type: 'ContactAttempted', data: { channel: 'phone', outcome: 'no-answer' } } as const;
const submitted = { type: 'CaseSubmitted', data: {} } as const;
const approved = { type: 'CaseApproved', data: {} } as const;
const reopened = { type: 'CaseReopened', data: { cycle: 2 } } as const;

const worked = record(['case-7', opened], ['case-7', assigned], ['case-7', tried], ['case-7', tried]);

test('an open case stands in the queue of its owner and team with what was tried', async () => {
  expect(await documents(queues, worked)).toMatchObject({
    '7': { owner: 'ana', team: 'north', status: 'open', priorityRank: 2, attempts: 2, contacted: false },
  });
});

test('every event delivered twice changes nothing', async () => {
  expect(await documents(queues, twice(worked))).toEqual(await documents(queues, worked));
});

test('an approved case leaves the queue, and comes back when it is reopened', async () => {
  const closed = [
    ['case-7', opened],
    ['case-7', assigned],
    ['case-7', submitted],
    ['case-7', approved],
  ] as const;
  expect(await documents(queues, record(...closed))).toEqual({});
  expect(await documents(queues, record(...closed, ['case-7', reopened]))).toMatchObject({
    '7': { owner: 'ana', cycle: 2, attempts: 0 },
  });
});
