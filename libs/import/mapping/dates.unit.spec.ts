import { describe, expect, test } from '@jest/globals';
import { compileDates, compileRepeats } from './dates.js';
import { REPEATED_HOUR, type RepeatedHour } from './mapping.js';

const utc = compileDates('d/M/yyyy H:mm', 'Etc/UTC');

test('a day, a month and a time without leading zeros are read', () => {
  expect(utc('5/3/2031 9:07')).toBe('2031-03-05T09:07:00.000Z');
  expect(utc('29/2/2016 01:16')).toBe('2016-02-29T01:16:00.000Z');
});

test('a T may stand between day and time', () => {
  expect(compileDates('yyyy-MM-ddTHH:mm', 'Etc/UTC')('2031-03-05T09:07')).toBe('2031-03-05T09:07:00.000Z');
});

test('a year is the one written, however early', () => {
  for (const zone of ['UTC', 'Africa/Abidjan'])
    expect(compileDates('yyyy-MM-dd HH:mm', zone)('0031-05-05 12:16').slice(0, 10)).toBe('0031-05-05');
  expect(compileDates('yyyy-MM-dd', 'UTC')('0004-02-29')).toBe('0004-02-29T00:00:00.000Z');
});

test.each([
  ['yyyy-MM-dd', '0000-02-29'],
  ['iso', '9999-12-31T23:59:59-01:00'],
  ['iso', '0001-01-01T00:00:00+01:00'],
])('as %s, %s is of no year that calendars can count, and is rejected', (pattern, text) => {
  expect(() => compileDates(pattern, 'UTC')(text)).toThrow('is not in the years 1 to 9999');
});

test('a date without a time is its midnight, in the zone of the source', () => {
  expect(compileDates('M/d/yyyy', 'America/New_York')('3/19/2015')).toBe('2015-03-19T04:00:00.000Z');
});

describe('a date that does not exist is rejected in words', () => {
  test.each([
    ['30/2/2016 10:00', 'that month has 29 days'],
    ['1/13/2016 10:00', 'there is no month 13'],
    ['1/1/2016 24:00', 'there is no such time of day'],
    ['2016-01-01', 'is not a date written as d/M/yyyy H:mm'],
    ['', 'is not a date written as'],
  ])('%s', (text, because) => {
    expect(() => utc(text)).toThrow(because);
  });
});

test('an hour that the clocks left out is rejected, and of one that comes twice the first is taken', () => {
  const amsterdam = compileDates('yyyy-MM-dd HH:mm', 'Europe/Amsterdam');
  expect(() => amsterdam('2022-03-27 02:30')).toThrow('the clocks went forward');
  expect(amsterdam('2022-10-30 02:30')).toBe('2022-10-30T00:30:00.000Z');
});

test('of an hour that comes twice the one is taken that is asked for, or neither', () => {
  const read = (repeatedHour: RepeatedHour, text: string) =>
    compileDates('yyyy-MM-dd HH:mm', 'Europe/Amsterdam', repeatedHour)(text);
  expect(read('earlier', '2022-10-30 02:30')).toBe('2022-10-30T00:30:00.000Z');
  expect(read('later', '2022-10-30 02:30')).toBe('2022-10-30T01:30:00.000Z');
  expect(() => read('reject', '2022-10-30 02:30')).toThrow('"2022-10-30 02:30" comes twice in Europe/Amsterdam');
  for (const choice of REPEATED_HOUR) {
    expect(read(choice, '2022-10-30 03:00')).toBe('2022-10-30T02:00:00.000Z');
    expect(() => read(choice, '2022-03-27 02:30')).toThrow('the clocks went forward');
  }
});

test('whether an hour comes twice can be asked', () => {
  const comesTwice = compileRepeats('yyyy-MM-dd HH:mm', 'Europe/Amsterdam');
  expect(comesTwice('2022-10-30 02:00')).toBe(true);
  expect(comesTwice('2022-10-30 02:59')).toBe(true);
  expect(comesTwice('2022-10-30 03:00')).toBe(false);
  expect(compileRepeats('iso', 'Europe/Amsterdam')('2022-10-30T02:30:00+02:00')).toBe(false);
});

test('a day begins with its first instant, also where its midnight comes twice or never', () => {
  for (const choice of REPEATED_HOUR) {
    expect(compileDates('yyyy-MM-dd', 'America/Havana', choice)('2022-11-06')).toBe('2022-11-06T04:00:00.000Z');
    expect(compileDates('yyyy-MM-dd', 'America/Sao_Paulo', choice)('2018-11-04')).toBe('2018-11-04T03:00:00.000Z');
    expect(() => compileDates('yyyy-MM-dd', 'Pacific/Apia', choice)('2011-12-30')).toThrow('does not exist');
  }
  expect(compileRepeats('yyyy-MM-dd', 'America/Havana')('2022-11-06')).toBe(false);
});

test('an instant with an offset is read as it is', () => {
  expect(compileDates('iso', 'Etc/UTC')('2031-05-05T09:00:00+02:00')).toBe('2031-05-05T07:00:00.000Z');
});

test('a pattern or a zone that makes no sense is refused when it is compiled', () => {
  expect(() => compileDates('d/M HH:mm', 'Etc/UTC')).toThrow('names no year');
  expect(() => compileDates('DD/M/yyyy', 'Etc/UTC')).toThrow('"DD"');
  expect(() => compileDates('d/d/yyyy', 'Etc/UTC')).toThrow('names the day twice');
  for (const zone of ['Mars/Olympus', '+05:30', '-08', '2031-05-05T00:00Z', 'Etc/UTC '])
    expect(() => compileDates('d/M/yyyy', zone)).toThrow(
      `"${zone}" is not an IANA time zone. Write an IANA zone such as Asia/Kolkata`,
    );
});
