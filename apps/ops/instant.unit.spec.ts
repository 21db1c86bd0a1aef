import { expect, test } from '@jest/globals';
import { instant } from './instant.js';

test.each([
  ['2031-05-05', '2031-05-05T00:00:00.000Z'],
  ['2031-05-05T09:00:00Z', '2031-05-05T09:00:00.000Z'],
  ['2031-05-05T09:00+02:00', '2031-05-05T07:00:00.000Z'],
])('%s is %s', (text, expected) => {
  expect(instant(text, '--at')).toBe(expected);
});

test.each(['2031-02-30', '2031-05-05T09:00:00', 'soon', '', '2031-13-01', '2031-05-05T25:00:00Z'])(
  '"%s" is refused',
  (text) => {
    expect(() => instant(text, '--at')).toThrow('--at takes an instant');
  },
);
