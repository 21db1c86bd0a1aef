import { DAY_MS } from '../rules/duration.js';
import type { CalendarRule, DayHours, Weekday } from '../rules/rule-set.js';

/** Sunday first: (days since 1970-01-01 + 4) modulo 7 is the index. */
export const WEEKDAYS: readonly Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Milliseconds of wall time since midnight of the opening day; a closing past 24 h is on the next day. */
export interface OpenHours {
  readonly open: number;
  readonly close: number;
}

const INTERVAL = /^([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|(24):(00))$/;

/** "09:00-12:30"; "22:00-06:00" closes on the next day; "00:00-24:00" is a whole day. @throws RangeError on anything else. */
export function parseOpenHours(text: string): OpenHours {
  const parts = INTERVAL.exec(text);
  if (!parts) throw new RangeError(`"${text}" is no interval of hours. Write it as 09:00-12:30.`);
  const minutes = (hours = '', rest = '') => Number(hours) * 60 + Number(rest);
  const open = minutes(parts[1], parts[2]);
  const close = minutes(parts[3] ?? parts[5], parts[4] ?? parts[6]);
  if (open === close) throw new RangeError(`"${text}" is empty. Write 00:00-24:00 for a whole day.`);
  return { open: open * 60_000, close: (close > open ? close : close + 1_440) * 60_000 };
}

const HOLIDAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/** The number of days from 1970-01-01 to a day such as 2031-05-05. @throws RangeError if there is no such day. */
export function dayNumber(day: string): number {
  const parts = HOLIDAY.exec(day);
  const at = parts ? Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3])) : NaN;
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== day) {
    throw new RangeError(`"${day}" is no day. Write it as 2031-05-05.`);
  }
  return at / DAY_MS;
}

export const dayOf = (entry: string | DayHours): string => (typeof entry === 'string' ? entry : entry.day);

/** The hours that open on the days that are not as their weekday is. @throws RangeError on days or hours that can't be read. */
export const exceptionalHours = ({
  holidays = [],
  workdays = [],
}: CalendarRule): ReadonlyMap<number, readonly OpenHours[]> =>
  new Map(
    [...holidays, ...workdays].map((entry) => [
      dayNumber(dayOf(entry)),
      typeof entry === 'string' ? [] : entry.hours.map(parseOpenHours),
    ]),
  );

/** The hours that open on each weekday, Sunday first. @throws RangeError on hours that can't be read. */
export const weeklyHours = (hours: CalendarRule['hours']): readonly (readonly OpenHours[])[] =>
  WEEKDAYS.map((day) => (hours === 'always' ? [WHOLE_DAY] : (hours[day] ?? []).map(parseOpenHours)));

const WHOLE_DAY: OpenHours = { open: 0, close: DAY_MS };
