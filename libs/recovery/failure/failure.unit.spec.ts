import { expect, test } from '@jest/globals';
import { failureDecider } from './failure.js';

const context = { now: '2031-05-05T12:00:00.000Z', actor: { id: 'shop', role: 'integrator' }, commandId: 'c' };
const report = { type: 'ReportOperationalFailure', failure: 'f1', kind: 'delay', customers: ['a', 'b', 'a'] } as const;

test('a failure is reported with each customer whom it touched, once', () => {
  expect(failureDecider.decide(report, { status: 'none' }, context)).toEqual([
    { type: 'OperationalFailureReported', data: { failure: 'f1', kind: 'delay', customers: ['a', 'b'] } },
  ]);
});
test('reported again it adds nothing', () => {
  expect(failureDecider.decide(report, { status: 'reported' }, context)).toEqual([]);
});
test('a failure that touched nobody is refused', () => {
  expect(failureDecider.decide({ ...report, customers: [] }, { status: 'none' }, context)).toMatchObject({
    refused: 'failure-touches-nobody',
  });
});
