import { describe, expect, test } from '@jest/globals';
import type { CalendarRule, Weekday } from '../rules/rule-set.js';
import { compileCalendar } from './compile-calendar.js';

const HOUR = 3_600_000;
const at = (text: string) => Date.parse(text);
const iso = (instant: number) => new Date(instant).toISOString();
const WORKDAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri'];
const EVERY_DAY: readonly Weekday[] = [...WORKDAYS, 'sat', 'sun'];

const open = (days: readonly Weekday[], intervals: readonly string[], more: Partial<CalendarRule> = {}) =>
  compileCalendar({ zone: 'Etc/UTC', hours: Object.fromEntries(days.map((day) => [day, intervals])), ...more });

// 2031-05-05 is a Monday.
describe('the worked answers', () => {
  test.each([
    // [source, days, hours, from, working hours, due]
    ['chatwoot/chatwoot#13392', WORKDAYS, '09:00-17:00', '2031-05-09T16:30Z', 1, '2031-05-12T09:30Z'],
    ['chatwoot/chatwoot#13392', WORKDAYS, '09:00-17:00', '2031-05-07T07:00Z', 2, '2031-05-07T11:00Z'],
    ['glpi-project/glpi#22678', WORKDAYS, '08:00-18:00', '2031-05-05T10:00Z', 4, '2031-05-05T14:00Z'],
    ['glpi-project/glpi#22678, 1 h warning', WORKDAYS, '08:00-18:00', '2031-05-05T10:00Z', 3, '2031-05-05T13:00Z'],
    ['glpi-project/glpi#22678', WORKDAYS, '08:00-18:00', '2031-05-05T17:00Z', 4, '2031-05-06T11:00Z'],
    ['glpi-project/glpi#22678, 1 h warning', WORKDAYS, '08:00-18:00', '2031-05-05T17:00Z', 3, '2031-05-06T10:00Z'],
    ['osTicket/osTicket#4807', WORKDAYS, '08:00-18:00', '2031-05-09T17:00Z', 4, '2031-05-12T11:00Z'],
    ['freescout#3756', WORKDAYS, '09:00-17:00', '2031-05-05T16:00Z', 4, '2031-05-06T12:00Z'],
    ['freescout#3756, over a weekend', WORKDAYS, '09:00-17:00', '2031-05-09T16:00Z', 4, '2031-05-12T12:00Z'],
    [
      'published elsewhere as Tue 12:00, which is wrong',
      WORKDAYS,
      '09:00-17:00',
      '2031-05-05T10:00Z',
      5,
      '2031-05-05T15:00Z',
    ],
  ])('%s: %s %s, from %s and %d h is due at %s', (_source, days, hours, from, goal, due) => {
    expect(iso(open(days, [hours]).add(at(from), goal * HOUR))).toBe(iso(at(due)));
  });

  test('ServiceNow, elapsed time: 14:00 to 09:00 on the next weekday works 3 h of 19', () => {
    expect(open(WORKDAYS, ['09:00-17:00']).workingMs(at('2031-05-05T14:00Z'), at('2031-05-06T09:00Z'))).toBe(3 * HOUR);
  });

  test('ServiceNow, elapsed time: Friday 21:00 to Monday 09:30 works 1.5 h of 60.5', () => {
    const [from, to] = [at('2031-05-09T21:00Z'), at('2031-05-12T09:30Z')];
    expect(open(WORKDAYS, ['08:00-17:00']).workingMs(from, to)).toBe(1.5 * HOUR);
    expect(to - from).toBe(60.5 * HOUR);
  });

  test('lennym/moment-business-time#58: in Amsterdam the hour that comes twice counts twice', () => {
    const amsterdam = open(EVERY_DAY, ['00:00-10:00'], { zone: 'Europe/Amsterdam' });
    expect(iso(amsterdam.add(at('2022-10-30T02:00:00+02:00'), HOUR))).toBe(iso(at('2022-10-30T02:00:00+01:00')));
  });

  test('Intrepidd/working_hours#26: New York opens at the 02:00 that comes once', () => {
    const newYork = open(EVERY_DAY, ['02:00-10:00'], { zone: 'America/New_York' });
    expect(iso(newYork.nextWorking(at('2015-11-01T01:59:30-04:00')))).toBe(iso(at('2015-11-01T02:00:00-05:00')));
  });
});

describe('a calendar', () => {
  test('counts several intervals a day', () => {
    const siesta = open(WORKDAYS, ['09:00-12:30', '14:00-17:00']);
    expect(iso(siesta.add(at('2031-05-05T12:00Z'), HOUR))).toBe('2031-05-05T14:30:00.000Z');
    expect(
      siesta.intervals(at('2031-05-05T12:00Z'), at('2031-05-05T15:00Z')).map((i) => [iso(i.from), iso(i.to)]),
    ).toEqual([
      ['2031-05-05T12:00:00.000Z', '2031-05-05T12:30:00.000Z'],
      ['2031-05-05T14:00:00.000Z', '2031-05-05T15:00:00.000Z'],
    ]);
  });

  test('counts what overlaps once, in whatever order it is written', () => {
    const twice = open(['mon'], ['12:00-15:00', '09:00-13:00']);
    expect(twice.workingMs(at('2031-05-05T00:00Z'), at('2031-05-06T00:00Z'))).toBe(6 * HOUR);
  });

  test('goes on over midnight', () => {
    const night = open(['fri'], ['22:00-06:00']);
    expect(iso(night.add(at('2031-05-09T23:00Z'), 6 * HOUR))).toBe('2031-05-10T05:00:00.000Z');
  });

  test('cancels the hours that open on a holiday, not those of the evening before', () => {
    const night = open(EVERY_DAY, ['22:00-06:00'], { holidays: ['2031-12-25'] });
    expect(night.workingMs(at('2031-12-25T00:00Z'), at('2031-12-26T12:00Z'))).toBe(6 * HOUR);
  });

  test('skips holidays', () => {
    const rested = open(WORKDAYS, ['09:00-17:00'], { holidays: ['2031-05-12', '2031-05-13'] });
    expect(iso(rested.add(at('2031-05-09T16:30Z'), HOUR))).toBe('2031-05-14T09:30:00.000Z');
  });

  test('is open on half a holiday for its hours only', () => {
    const half = { day: '2031-12-24', hours: ['09:00-13:00'] };
    const xmas = open(WORKDAYS, ['09:00-17:00'], { holidays: [half, '2031-12-25', '2031-12-26'] });
    expect(iso(xmas.add(at('2031-12-24T12:00Z'), 2 * HOUR))).toBe('2031-12-29T10:00:00.000Z');
    expect(xmas.workingMs(at('2031-12-24T00:00Z'), at('2031-12-25T00:00Z'))).toBe(4 * HOUR);
  });

  test('is open on an extra working day', () => {
    const extra = open(WORKDAYS, ['09:00-17:00'], { workdays: [{ day: '2031-12-20', hours: ['09:00-13:00'] }] });
    expect(iso(extra.add(at('2031-12-19T16:00Z'), 3 * HOUR))).toBe('2031-12-20T11:00:00.000Z');
  });

  test('lets a shift that opens on half a holiday end the next day', () => {
    const night = open(EVERY_DAY, ['22:00-06:00'], { holidays: [{ day: '2031-12-25', hours: ['23:00-04:00'] }] });
    expect(night.workingMs(at('2031-12-25T12:00Z'), at('2031-12-26T12:00Z'))).toBe(5 * HOUR);
  });

  test('is due when work stops for the day, not when it begins again', () => {
    expect(iso(open(WORKDAYS, ['14:00-23:00']).add(at('2031-05-09T14:00Z'), 9 * HOUR))).toBe(
      '2031-05-09T23:00:00.000Z',
    );
  });

  test('always open counts all time, through daylight saving', () => {
    const always = compileCalendar({ zone: 'Europe/Berlin', hours: 'always' });
    expect(iso(always.add(at('2031-03-30T00:00Z'), 5 * HOUR))).toBe('2031-03-30T05:00:00.000Z');
    expect(always.workingMs(10, 3)).toBe(0);
  });

  test('opens at the change of clocks if they skip the opening hour', () => {
    const skipped = open(EVERY_DAY, ['02:30-10:00'], { zone: 'America/New_York' });
    expect(iso(skipped.nextWorking(at('2031-03-09T05:00Z')))).toBe('2031-03-09T07:00:00.000Z');
  });

  test('is open twice in an hour that comes twice, and closed in between', () => {
    const lisbon = open(['sun'], ['01:10-01:40'], { zone: 'Europe/Lisbon' });
    const night = [at('2019-10-26T20:00Z'), at('2019-10-27T12:00Z')] as const;
    expect(lisbon.intervals(...night).map((i) => [iso(i.from), iso(i.to)])).toEqual([
      ['2019-10-27T00:10:00.000Z', '2019-10-27T00:40:00.000Z'],
      ['2019-10-27T01:10:00.000Z', '2019-10-27T01:40:00.000Z'],
    ]);
    expect(lisbon.workingMs(...night)).toBe(HOUR);
  });

  test('opens and closes by what the clocks show, also where they go back over the opening or the closing', () => {
    const berlin = open(EVERY_DAY, ['02:30-10:00'], { zone: 'Europe/Berlin' });
    expect(iso(berlin.nextWorking(at('2031-10-25T20:00Z')))).toBe(iso(at('2031-10-26T02:30:00+02:00')));
    expect(iso(berlin.nextWorking(at('2031-10-26T02:00:00+01:00')))).toBe(iso(at('2031-10-26T02:30:00+01:00')));
    expect(berlin.workingMs(at('2031-10-25T20:00Z'), at('2031-10-26T12:00Z'))).toBe(8 * HOUR);
    const night = open(EVERY_DAY, ['00:00-02:30'], { zone: 'Europe/Berlin' });
    expect(night.workingMs(at('2031-10-25T22:00Z'), at('2031-10-26T08:00Z'))).toBe(3 * HOUR);
  });

  test('has no day that its zone skipped', () => {
    const samoa = open(EVERY_DAY, ['09:00-17:00'], { zone: 'Pacific/Apia' });
    expect(samoa.workingMs(at('2011-12-29T00:00-10:00'), at('2012-01-01T00:00+14:00'))).toBe(16 * HOUR);
  });

  test('answers over centuries', () => {
    const office = open(WORKDAYS, ['09:00-17:00']);
    const end = office.add(at('1970-01-01T00:00Z'), 261 * 500 * 8 * HOUR);
    expect(new Date(end).getUTCFullYear()).toBe(2470);
    expect(office.workingMs(at('1970-01-01T00:00Z'), end)).toBe(261 * 500 * 8 * HOUR);
  });
});

describe('working days on, at the same local time', () => {
  // Shorter on Fridays.
  const OFFICE: CalendarRule = {
    zone: 'Etc/UTC',
    hours: {
      mon: ['09:00-17:00'],
      tue: ['09:00-17:00'],
      wed: ['09:00-17:00'],
      thu: ['09:00-17:00'],
      fri: ['09:00-13:00'],
    },
    holidays: ['2031-05-13', { day: '2031-05-14', hours: ['09:00-12:00'] }],
    workdays: [{ day: '2031-05-17', hours: ['10:00-14:00'] }],
  };
  test.each([
    ['the next day', '2031-05-05T16:30Z', 1, '2031-05-06T16:30Z'],
    ['over a weekend', '2031-05-08T12:30Z', 2, '2031-05-12T12:30Z'],
    ['until the end of a shorter day', '2031-05-08T15:00Z', 1, '2031-05-09T13:00Z'],
    ['beyond a shorter day, as if it were none', '2031-05-08T15:00Z', 2, '2031-05-12T15:00Z'],
    ['beyond a holiday, until the end of half of one', '2031-05-12T15:00Z', 1, '2031-05-14T12:00Z'],
    ['on an extra working day', '2031-05-16T11:00Z', 1, '2031-05-17T11:00Z'],
    ['from before the opening', '2031-05-05T07:00Z', 1, '2031-05-06T07:00Z'],
    ['from after the close', '2031-05-05T20:00Z', 1, '2031-05-06T17:00Z'],
    ['from a day off, which leaves the whole next day', '2031-05-10T12:00Z', 1, '2031-05-12T17:00Z'],
    ['back', '2031-05-12T15:00Z', -1, '2031-05-09T13:00Z'],
    ['far back', '2031-05-12T15:00Z', -5 * 52 * 3, '2028-05-15T15:00Z'],
    ['far on', '2031-05-05T10:00Z', 5 * 52 * 20, '2051-04-10T10:00Z'],
  ])('%s: %s and %d is %s', (_what, from, days, then) => {
    expect(iso(compileCalendar(OFFICE).addDays(at(from), days))).toBe(iso(at(then)));
  });

  test('through a change of the clocks', () => {
    const lisbon = open(WORKDAYS, ['09:00-17:00'], { zone: 'Europe/Lisbon' });
    expect(iso(lisbon.addDays(at('2019-10-25T16:00+01:00'), 1))).toBe(iso(at('2019-10-28T16:00Z')));
    const always = compileCalendar({ zone: 'Europe/Berlin', hours: 'always' });
    expect(iso(always.addDays(at('2031-03-29T12:00+01:00'), 1))).toBe(iso(at('2031-03-30T12:00+02:00')));
    // 02:30 is skipped.
    expect(iso(always.addDays(at('2031-03-29T02:30+01:00'), 1))).toBe(iso(at('2031-03-30T03:00+02:00')));
  });

  test('of a shift over midnight, which belongs to the day it opened on', () => {
    const night = open(WORKDAYS, ['22:00-06:00']);
    expect(iso(night.addDays(at('2031-05-10T02:00Z'), 1))).toBe('2031-05-13T02:00:00.000Z');
    expect(iso(night.addDays(at('2031-05-10T12:00Z'), 1))).toBe('2031-05-13T06:00:00.000Z');
  });
});

describe('the first and the last year', () => {
  test.each([
    ['0001-01-01T00:00:00.000Z', '0001-01-01T10:00:00.000Z'],
    ['0001-12-31T20:00:00.000Z', '0002-01-01T10:00:00.000Z'],
    ['9999-12-31T08:00:00.000Z', '9999-12-31T10:00:00.000Z'],
  ])('an hour of work from %s is done by %s', (from, done) => {
    expect(iso(open(EVERY_DAY, ['09:00-17:00']).add(at(from), HOUR))).toBe(done);
  });
});

describe('a rule that makes no calendar is refused', () => {
  test.each([
    ['an unknown zone', { zone: 'Europe/Atlantis', hours: 'always' }, /Europe\/Atlantis/i],
    ['no hours at all', { zone: 'Etc/UTC', hours: { mon: [] } }, /no hours at all/],
    ['an empty interval', { zone: 'Etc/UTC', hours: { mon: ['09:00-09:00'] } }, /"09:00-09:00" is empty/],
    ['hours that are none', { zone: 'Etc/UTC', hours: { mon: ['9-17'] } }, /"9-17" is no interval/],
    ['a day that is none', { zone: 'Etc/UTC', hours: 'always', holidays: ['2031-02-29'] }, /"2031-02-29" is no day/],
  ] satisfies [string, CalendarRule, RegExp][])('%s', (_what, rule, message) => {
    expect(() => compileCalendar(rule)).toThrow(message);
  });

  test('an invalid time throws', () => {
    const office = open(WORKDAYS, ['09:00-17:00']);
    expect(() => office.add(NaN, HOUR)).toThrow(RangeError);
    expect(() => office.workingMs(0, at('+012000-01-01T00:00:00Z'))).toThrow(/9999/);
  });
});
