import { expect, test } from '@jest/globals';
import { WindowCounts } from './window-counts.js';

test('a caller is let in up to the limit, and again in the next window', async () => {
  let now = 1_000;
  const counts = new WindowCounts(() => now);
  const ask = async (key: string) => (await counts.increment(key, 1_000, 2)).isBlocked;
  expect([await ask('a'), await ask('a'), await ask('a')]).toEqual([false, false, true]);
  expect(await ask('b')).toBe(false);
  now += 1_000;
  expect(await ask('a')).toBe(false);
});

test('who is blocked is told for how many seconds', async () => {
  const counts = new WindowCounts(() => 0);
  await counts.increment('a', 5_000, 1);
  expect(await counts.increment('a', 5_000, 1)).toMatchObject({ totalHits: 2, isBlocked: true, timeToBlockExpire: 5 });
});

test('callers beyond all number do not fill the memory', async () => {
  let now = 0;
  const counts = new WindowCounts(() => now);
  for (let n = 0; n < 100_000; n++) await counts.increment(`caller-${n}`, 1_000, 1);
  now = 1_000;
  await counts.increment('one-more', 1_000, 1);
  expect(counts['windows'].size).toBe(1);
});
