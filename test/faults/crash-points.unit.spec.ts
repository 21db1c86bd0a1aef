import { expect, test } from '@jest/globals';
import { CRASH_POINTS } from '../../libs/event-sourcing/crash-point.js';
import { WHILE_IMPORTING, WHILE_REPLAYING, WHILE_SERVING, WHILE_STARTING } from './crash-points.testing.js';

test('every step between two writes is walked by a test of faults', () => {
  const walked = new Set([...WHILE_STARTING, ...WHILE_SERVING, ...WHILE_IMPORTING, ...WHILE_REPLAYING]);
  expect(CRASH_POINTS.filter((name) => !walked.has(name))).toEqual([]);
});
