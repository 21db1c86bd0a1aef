import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { instant, isoOf } from './instants.js';
import { plainInstant, plainIso } from './plain-instants.testing.js';

const MOST = 8.64e15;
const at = fc.oneof(
  fc.integer({ min: Date.parse('2031-01-01'), max: Date.parse('2031-02-01') }),
  fc.integer({ min: -MOST, max: MOST }),
  fc.constantFrom(-MOST, MOST, -1, 0),
);

test('an instant reads and is written as Date has it', () => {
  fc.assert(
    fc.property(at, (ms) => {
      const iso = plainIso(ms);
      // Twice, as it is remembered.
      expect([isoOf(ms), isoOf(ms)]).toEqual([iso, iso]);
      expect([instant(iso), instant(iso), plainInstant(iso)]).toEqual([ms, ms, ms]);
    }),
    { numRuns: 5_000 },
  );
});

test('fractions of a millisecond are cut off, as Date does', () => {
  for (const ms of [0.25, 1_000.999, 86_399_999.5, -0.5, -86_400_000.5]) expect(isoOf(ms)).toBe(plainIso(ms));
});

const number = (digits: number) =>
  fc.integer({ min: 0, max: 10 ** digits - 1 }).map((n) => String(n).padStart(digits, '0'));
const nearly = fc
  .tuple(
    number(4),
    number(2),
    number(2),
    number(2),
    number(2),
    number(2),
    number(3),
    fc.nat(23),
    fc.string({ minLength: 1, maxLength: 1 }),
  )
  .map(([y, mo, d, h, mi, s, ms, place, odd]) => {
    const iso = `${y}-${mo}-${d}T${h}:${mi}:${s}.${ms}Z`;
    return [iso, `${iso.slice(0, place)}${odd}${iso.slice(place + 1)}`] as const;
  });

test('what looks like an instant and may be none reads as Date.parse has it', () => {
  fc.assert(
    fc.property(nearly, ([date, odd]) => {
      for (const text of [date, odd]) expect([text, instant(text)]).toEqual([text, plainInstant(text)]);
    }),
    { numRuns: 20_000 },
  );
  for (const text of [
    '2031-02-29T00:00:00.000Z',
    '2031-02-30T12:00:00.000Z',
    '2031-01-01T24:00:00.000Z',
    '2031-01-01',
    '',
    'now',
  ])
    expect([text, instant(text)]).toEqual([text, plainInstant(text)]);
});

test('what is no instant is not written', () => {
  for (const ms of [NaN, Infinity, MOST + 1]) expect(() => isoOf(ms)).toThrow(RangeError);
});
