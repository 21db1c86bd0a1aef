import type { CalendarRule } from '../rules/rule-set.js';
import type { Calendar } from './calendar.js';
import { WorkingTable } from './fast/working-table.js';

/**
 * Hours count whenever the zone's clocks show them: twice where clocks go back over them, never where they skip them.
 * An interval belongs to the day it opens on: a holiday cancels or replaces the hours that open on it, not those that
 * run into it from the evening before.
 * @throws RangeError for hours that can't be read or are empty (check-rule-set.ts reports them with their path).
 */
export function compileCalendar(rule: CalendarRule): Calendar {
  const table = new WorkingTable(rule);
  const addDays: Calendar['addDays'] = (from, days) => table.addDays(from, days);
  if (rule.hours === 'always') return { ...always(rule.zone), addDays };
  return {
    zone: rule.zone,
    addDays,
    workingMs: (from, to) => table.workedBetween(from, to),
    add: (from, ms) => (ms > 0 ? table.whenWorked(from, ms) : from),
    nextWorking: (from) => table.nextWorking(from),
    intervals: (from, to) => table.intervals(from, to),
  };
}

const always = (zone: string): Omit<Calendar, 'addDays'> => ({
  zone,
  workingMs: (from, to) => Math.max(0, to - from),
  add: (from, ms) => from + Math.max(0, ms),
  nextWorking: (from) => from,
  intervals: (from, to) => (to > from ? [{ from, to }] : []),
});
