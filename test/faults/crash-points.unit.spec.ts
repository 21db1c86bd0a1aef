import { expect, test } from '@jest/globals';
import { CRASH_POINTS } from '../../libs/event-sourcing/crash-point.js';
import {
  WHILE_IMPORTING,
  WHILE_REPLAYING,
  WHILE_SENDING,
  WHILE_SERVING,
  WHILE_STARTING,
} from './crash-points.testing.js';

test('a test of faults crashes at every step between two writes', () => {
  const walked = new Set([
    ...WHILE_STARTING,
    ...WHILE_SERVING,
    ...WHILE_IMPORTING,
    ...WHILE_REPLAYING,
    ...WHILE_SENDING,
  ]);
  expect(CRASH_POINTS.filter((name) => !walked.has(name))).toEqual([]);
});
