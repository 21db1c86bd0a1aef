import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { DAY_MS } from '../../rules/duration.js';
import type { CalendarRule } from '../../rules/rule-set.js';
import { compileCalendar } from '../compile-calendar.js';
import { WEEKDAYS } from '../weekly-hours.js';
import { plainWorkingMinutes } from './plain-working-minutes.testing.js';

const MINUTE = 60_000;
const CASABLANCA = 'Africa/Casablanca'; // two changes a year that move with Ramadan
const ZONES = [
  'Etc/UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'Pacific/Apia',
  CASABLANCA,
];
// Weeks in which clocks change, and one that skips a whole day.
const WEEKS = [
  '2011-12-27',
  '2021-03-25',
  '2021-10-28',
  '2022-03-24',
  '2022-10-27',
  '2023-03-09',
  '2023-04-01',
  '2023-11-02',
  '2031-05-05',
];

const time = fc
  .integer({ min: 0, max: 24 * 4 - 1 })
  .map((q) => `${String(q >> 2).padStart(2, '0')}:${['00', '15', '30', '45'][q & 3]}`);
const interval = fc
  .tuple(time, time)
  .filter(([from, to]) => from !== to)
  .map(([from, to]) => `${from}-${to}`);
const rules: fc.Arbitrary<CalendarRule> = fc.record({
  zone: fc.constantFrom(...ZONES),
  hours: fc
    .array(fc.array(interval, { maxLength: 3 }), { minLength: 7, maxLength: 7 })
    .filter((week) => week.some((day) => day.length > 0))
    .map((week) => Object.fromEntries(WEEKDAYS.map((day, i) => [day, week[i] ?? []]))),
  holidays: fc.subarray([
    ...['2021-03-28', '2021-10-31', '2022-10-30', '2023-11-05', '2031-05-06'],
    { day: '2021-10-30', hours: ['01:00-02:15', '22:00-04:00'] },
    { day: '2031-05-07', hours: ['09:00-13:00'] },
  ]),
  workdays: fc.subarray([
    { day: '2022-10-29', hours: ['22:00-03:00'] },
    { day: '2031-05-10', hours: ['09:00-13:00'] },
  ]),
});
const instants = fc
  .tuple(fc.constantFrom(...WEEKS), fc.integer({ min: 0, max: 7 * 24 * 60 }))
  .map(([day, minutes]) => Date.parse(day) + minutes * MINUTE);
const someMs = fc.integer({ min: 1, max: 30 * DAY_MS });

test('working time equals a loop over every minute, in any zone and week', () => {
  fc.assert(
    fc.property(rules, instants, fc.integer({ min: 0, max: 3 * 24 * 60 }), (rule, from, minutes) => {
      const to = from + minutes * MINUTE;
      expect(compileCalendar(rule).workingMs(from, to) / MINUTE).toBe(plainWorkingMinutes(rule, from, to));
    }),
    { numRuns: 60 },
  );
});

test('add gives the first instant with that working time', () => {
  fc.assert(
    fc.property(rules, instants, someMs, (rule, from, ms) => {
      const calendar = compileCalendar(rule);
      const due = calendar.add(from, ms);
      expect(calendar.workingMs(from, due)).toBe(ms);
      expect(calendar.workingMs(from, due - 1)).toBe(ms - 1);
    }),
  );
});

test('working time adds up across any cut', () => {
  fc.assert(
    fc.property(rules, fc.array(instants, { minLength: 3, maxLength: 3 }), (rule, cuts) => {
      const [a = 0, b = 0, c = 0] = cuts.sort((x, y) => x - y);
      const calendar = compileCalendar(rule);
      expect(calendar.workingMs(a, b) + calendar.workingMs(b, c)).toBe(calendar.workingMs(a, c));
    }),
  );
});

test('two goals in a row are due like their sum', () => {
  fc.assert(
    fc.property(rules, instants, someMs, someMs, (rule, from, first, second) => {
      const calendar = compileCalendar(rule);
      expect(calendar.add(calendar.add(from, first), second)).toBe(calendar.add(from, first + second));
    }),
  );
});

test('the intervals between two instants are apart, in order, and make up the working time', () => {
  fc.assert(
    fc.property(rules, instants, someMs, (rule, from, ms) => {
      const calendar = compileCalendar(rule);
      const found = calendar.intervals(from, from + ms);
      expect(found.reduce((sum, i) => sum + i.to - i.from, 0)).toBe(calendar.workingMs(from, from + ms));
      found.forEach((i, n) => expect(i.from).toBeGreaterThan(found[n - 1]?.to ?? -Infinity));
    }),
  );
});

test('there is no working time before the next working instant', () => {
  fc.assert(
    fc.property(rules, instants, (rule, from) => {
      const calendar = compileCalendar(rule);
      const next = calendar.nextWorking(from);
      expect(calendar.workingMs(from, next)).toBe(0);
      expect(calendar.workingMs(next, next + 1)).toBe(1);
    }),
  );
});

/** Day by day on the zone's own clocks, for hours that end on the day they open on. */
function plainDaysOn(rule: CalendarRule, from: number, days: number): number {
  const calendar = compileCalendar(rule);
  const hoursOn = (day: Temporal.PlainDate) =>
    calendar.intervals(
      day.toZonedDateTime(rule.zone).epochMilliseconds,
      day.add({ days: 1 }).toZonedDateTime(rule.zone).epochMilliseconds,
    );
  const start = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(rule.zone);
  let day = start.toPlainDate();
  for (let left = days; left > 0;) {
    day = day.add({ days: 1 });
    if (hoursOn(day).length > 0) left--;
  }
  const end = hoursOn(day).at(-1)?.to ?? NaN;
  if (hoursOn(start.toPlainDate()).length === 0) return end;
  const then = day.toZonedDateTime({ timeZone: rule.zone, plainTime: start.toPlainTime() });
  const isSkipped = !then.toPlainTime().equals(start.toPlainTime());
  const at = isSkipped ? then.getTimeZoneTransition('previous') : then;
  return Math.min(end, at?.epochMilliseconds ?? NaN);
}

test('working days on are those of a loop over every day', () => {
  const sameDay = rules.map(({ zone, hours, holidays = [] }): CalendarRule => ({
    zone,
    hours:
      hours === 'always'
        ? hours
        : Object.fromEntries(
            WEEKDAYS.map((day) => [day, (hours[day] ?? []).filter((text) => text.slice(0, 5) < text.slice(6))]),
          ),
    holidays: holidays.filter((entry) => typeof entry === 'string'),
  }));
  const worked = sameDay.filter(({ hours }) => hours !== 'always' && WEEKDAYS.some((day) => hours[day]?.length));
  fc.assert(
    fc.property(worked, instants, fc.integer({ min: 1, max: 9 }), (rule, from, days) => {
      expect(iso(compileCalendar(rule).addDays(from, days))).toBe(iso(plainDaysOn(rule, from, days)));
    }),
  );
});

const iso = (at: number): string => new Date(at).toISOString();

test('answers do not depend on earlier questions', () => {
  fc.assert(
    fc.property(rules, fc.array(fc.tuple(instants, someMs), { minLength: 2, maxLength: 6 }), (rule, asked) => {
      const used = compileCalendar(rule);
      for (const [from, ms] of asked) expect(used.add(from, ms)).toBe(compileCalendar(rule).add(from, ms));
    }),
    { numRuns: 30 },
  );
});
