import { expect, test } from '@jest/globals';
import { restAfter } from './rest.js';

test.each([
  ['a quick batch', 2, 50],
  ['one that took long: four times as long', 30, 120],
  ['one that took too long for what may be behind', 500, 300],
])('a follower rests after %s', (_, tookMs, restMs) => {
  expect(restAfter(tookMs, { leastMs: 50, mostMs: 300 })).toBe(restMs);
});
