import { dayNumber, parseOpenHours, WEEKDAYS } from '../calendar/weekly-hours.js';
import { ZONE_REMEDY, zoneProblem } from '../calendar/zone.js';
import type { Check } from './rule-check.js';
import type { PathPart } from './rule-problem.js';

export function calendarProblems({ rules, say }: Check): void {
  const tried = (parts: readonly PathPart[], remedy: string, attempt: () => unknown): void => {
    try {
      attempt();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      say(parts, error.message, remedy);
    }
  };
  for (const [name, { zone, hours, holidays = [] }] of Object.entries(rules.calendars)) {
    const at = (...parts: readonly PathPart[]) => ['calendars', name, ...parts];
    // Only a draft is refused: history may hold an older rule set with an offset, which still counts.
    const unknown = zoneProblem(zone);
    if (unknown) say(at('zone'), unknown, ZONE_REMEDY);
    holidays.forEach((day, i) => tried(at('holidays', i), 'Name a day of the calendar.', () => dayNumber(day)));
    if (hours === 'always') {
      if (holidays.length > 0)
        say(at('holidays'), 'A calendar that is always open has no holidays.', 'Leave them out.');
      continue;
    }
    if (WEEKDAYS.every((day) => !hours[day]?.length)) {
      say(
        at('hours'),
        'The calendar has no hours at all: nothing would ever be due.',
        'Open it on a day, or write always.',
      );
    }
    for (const day of WEEKDAYS) {
      hours[day]?.forEach((interval, i) =>
        tried(at('hours', day, i), 'Hours go from 00:00 to 24:00; 22:00-06:00 goes on into the next day.', () =>
          parseOpenHours(interval),
        ),
      );
    }
  }
}

export function dayProblems({ say }: Check, parts: readonly PathPart[], day: string): void {
  try {
    dayNumber(day);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    say(parts, error.message, 'Name a day of the calendar.');
  }
}
