import { compileCalendar } from '../calendar/compile-calendar.js';
import type { CalendarRule } from './rule-set.js';

const WEEK_MS = 7 * 86_400_000;
const WEEKS_IN_1_000_YEARS = 52_178;

/** A longer duration is a slip of the pen, and runs into the end of the years that time is counted in. */
export const LONGEST_MS = WEEKS_IN_1_000_YEARS * WEEK_MS;

export const TOO_LONG = 'That is over a thousand years: it would never come about.';

/** The most working time that a goal may ask of a calendar; undefined where its hours can't be read or it has none. */
export function longestIn({ hours }: CalendarRule): number | undefined {
  try {
    return compileCalendar({ zone: 'Etc/UTC', hours }).workingMs(0, WEEK_MS) * WEEKS_IN_1_000_YEARS;
  } catch (error) {
    if (error instanceof RangeError) return undefined; // said of the calendar
    throw error;
  }
}
