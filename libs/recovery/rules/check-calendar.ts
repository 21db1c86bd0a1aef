import { dayNumber, dayOf, parseOpenHours, WEEKDAYS } from '../calendar/weekly-hours.js';
import { ZONE_REMEDY, zoneProblem } from '../calendar/zone.js';
import type { Check, Say } from './rule-check.js';
import type { CalendarRule, DayHours } from './rule-set.js';
import type { PathPart } from './rule-problem.js';

export function calendarProblems({ rules, say }: Check): void {
  for (const [name, rule] of Object.entries(rules.calendars)) {
    const { zone, hours } = rule;
    const sayAt: Say = (parts, message, remedy) => say(['calendars', name, ...parts], message, remedy);
    // Only a draft is refused: history may hold an older rule set with an offset, which still counts.
    const unknown = zoneProblem(zone);
    if (unknown) sayAt(['zone'], unknown, ZONE_REMEDY);
    singleDayProblems(sayAt, rule);
    if (hours === 'always') continue;
    if (WEEKDAYS.every((day) => !hours[day]?.length)) {
      sayAt(
        ['hours'],
        'The calendar has no hours at all: nothing would ever be due.',
        'Open it on a day, or write always.',
      );
    }
    for (const day of WEEKDAYS) hoursProblems(sayAt, ['hours', day], hours[day]);
  }
}

/** Of holidays and of extra working days. */
function singleDayProblems(say: Say, { hours, holidays = [], workdays = [] }: CalendarRule): void {
  const named = new Map<string, string | DayHours>();
  for (const [list, entries] of Object.entries({ holidays, workdays })) {
    if (hours === 'always' && entries.length > 0)
      say([list], `A calendar that is always open has no ${list}.`, 'Leave them out.');
    entries.forEach((entry, i) => {
      const day = dayOf(entry);
      dayProblems({ say }, typeof entry === 'string' ? [list, i] : [list, i, 'day'], day);
      if (typeof entry !== 'string') {
        hoursProblems(say, [list, i, 'hours'], entry.hours);
        if (entry.hours.length === 0)
          say([list, i, 'hours'], 'It has no hours.', 'Write its hours. A day off is its day alone, under holidays.');
      }
      const before = named.get(day);
      // A day off that is named twice is still a day off.
      if (before !== undefined && !(typeof before === 'string' && typeof entry === 'string'))
        say([list, i], `${day} is named twice.`, 'Name it once, with all its hours.');
      named.set(day, entry);
    });
  }
  workdays.forEach(({ day }, i) => {
    const weekday = WEEKDAYS[new Date(`${day}T00:00:00Z`).getUTCDay()];
    if (hours !== 'always' && weekday !== undefined && hours[weekday]?.length)
      say(['workdays', i, 'day'], `${day} is worked anyway.`, 'Write it under holidays to give it other hours.');
  });
}

const hoursProblems = (say: Say, parts: readonly PathPart[], written: readonly string[] = []): void =>
  written.forEach((interval, i) =>
    tried(say, [...parts, i], 'Hours go from 00:00 to 24:00; 22:00-06:00 goes on into the next day.', () =>
      parseOpenHours(interval),
    ),
  );

export const dayProblems = ({ say }: Pick<Check, 'say'>, parts: readonly PathPart[], day: string): void =>
  tried(say, parts, 'Name a day of the calendar.', () => dayNumber(day));

function tried(say: Say, parts: readonly PathPart[], remedy: string, attempt: () => unknown): void {
  try {
    attempt();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    say(parts, error.message, remedy);
  }
}
