import { expect, test } from '@jest/globals';
import { parseDuration, parseLength } from './duration.js';

test.each([
  ['15m', 900_000],
  ['1h', 3_600_000],
  ['132.47h', 476_892_000],
  ['1h30m', 5_400_000],
  ['2d', 172_800_000],
  ['1d2h3m4s', 93_784_000],
  ['0.001s', 1],
])('%s is %d ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(['', '15', '15 m', 'm', '-1h', '1h 30m', '30m1h', '1h1h', '1.h', '1e3h', '99999999999999999d'])(
  '"%s" is refused',
  (text) => {
    expect(() => parseDuration(text)).toThrow(/is no duration: .* Write it as 15m/);
  },
);

test('a promise lasts a duration or whole working days', () => {
  expect(parseLength('2wd')).toEqual({ workingDays: 2 });
  expect(parseLength('2d')).toEqual({ ms: 172_800_000 });
  for (const text of ['1.5wd', '1wd4h', '4h1wd', 'wd', '-1wd', '1 wd'])
    expect(() => parseLength(text)).toThrow(`"${text}" is no duration`);
  expect(() => parseDuration('2wd')).toThrow('"2wd" is no duration');
});
