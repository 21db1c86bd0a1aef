import { compileCalendar } from '../calendar/compile-calendar.js';
import { WEEKDAYS } from '../calendar/weekly-hours.js';
import { DAY_MS } from './duration.js';
import type { CalendarRule } from './rule-set.js';

const WEEK_MS = 7 * DAY_MS;
const WEEKS_IN_1_000_YEARS = 52_178;

/** A longer duration is a typing error, and would exceed the range of dates. */
export const LONGEST_MS = WEEKS_IN_1_000_YEARS * WEEK_MS;

export const TOO_LONG = 'That is over a thousand years.';

/** The longest goal for a calendar; undefined if it has no hours or they can't be read. */
export function longestIn({ hours }: CalendarRule): number | undefined {
  try {
    return compileCalendar({ zone: 'Etc/UTC', hours }).workingMs(0, WEEK_MS) * WEEKS_IN_1_000_YEARS;
  } catch (error) {
    if (error instanceof RangeError) return undefined; // check-calendar.ts reports it
    throw error;
  }
}

/** The most working days of a goal for a calendar. */
export const mostDaysIn = ({ hours }: CalendarRule): number =>
  WEEKS_IN_1_000_YEARS * WEEKDAYS.filter((day) => hours === 'always' || (hours[day]?.length ?? 0) > 0).length;
