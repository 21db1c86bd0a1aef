import type { Calendar } from '../calendar/calendar.js';
import type { Length } from '../rules/duration.js';
import { instant, isoOf } from '../fast/instants.js';
import type { Clock, Pause } from './clock.js';

/** A clock's start and pauses, with or without a goal. */
export type Course = Pick<Clock, 'startedAt' | 'pauses'>;

export const isPaused = ({ pauses }: Course): boolean => pauses.length > 0 && pauses.at(-1)?.to === undefined;

/** When a pause ends, as far as that is known. */
export const endOf = ({ to, until }: Pause): string | undefined => to ?? until;

/** The instant `at`, or the last instant on the clock if that is later: events may arrive out of order. */
export function notBefore(course: Course, at: string): string {
  const last = course.pauses.at(-1);
  const edge = last === undefined ? course.startedAt : (last.to ?? last.from);
  return at < edge ? edge : at;
}

/** Working milliseconds from the start to `at`, without the pauses. */
export function worked({ startedAt, pauses }: Course, calendar: Calendar, at: number): number {
  let since = instant(startedAt);
  let sum = 0;
  for (const pause of pauses) {
    sum += calendar.workingMs(since, Math.min(instant(pause.from), at));
    const end = endOf(pause);
    if (end === undefined) return sum;
    since = instant(end);
  }
  return sum + calendar.workingMs(since, at);
}

/** The instant at which `ms` of working time are reached; undefined if an open pause comes first. */
function whenWorked({ startedAt, pauses }: Course, calendar: Calendar, ms: number): number | undefined {
  let since = instant(startedAt);
  let left = ms;
  for (const pause of pauses) {
    const share = calendar.workingMs(since, instant(pause.from));
    if (share >= left) return calendar.add(since, left);
    left -= share;
    const end = endOf(pause);
    if (end === undefined) return undefined;
    since = instant(end);
  }
  return calendar.add(since, left);
}

/** The first instant at `at` or later that counts; undefined if an open pause comes first. */
function nextCounted({ pauses }: Course, calendar: Calendar, at: number): number | undefined {
  let next = calendar.nextWorking(at);
  for (const pause of pauses) {
    if (instant(pause.from) > next) break;
    const end = endOf(pause);
    if (end === undefined) return undefined;
    if (instant(end) > next) next = calendar.nextWorking(instant(end));
  }
  return next;
}

/**
 * Turns a goal in working days into working time as its clock starts: until the same local time so many working days
 * on. A pause then moves it like any other goal.
 */
export function workingTimeOf(goal: Length, calendar: Calendar, { startedAt }: Pick<Course, 'startedAt'>): number {
  if ('ms' in goal) return goal.ms;
  const start = instant(startedAt);
  return calendar.workingMs(start, calendar.addDays(start, goal.workingDays));
}

/** The working time of a goal that has passed when it is time to warn. */
function warnedAfter(goalMs: number, warnBefore: Length, calendar: Calendar, { startedAt }: Course): number {
  if ('ms' in warnBefore) return Math.max(0, goalMs - warnBefore.ms);
  const start = instant(startedAt);
  return calendar.workingMs(start, calendar.addDays(calendar.add(start, goalMs), -warnBefore.workingDays));
}

export type DueTimes = Pick<Clock, 'dueAt' | 'warnAt' | 'breachedFrom'>;

/** A pause moves a later due time by the working time it overlaps; an earlier due time stays. */
export function dueTimes(
  course: Course,
  goalMs: number,
  { calendar, warnBefore }: { readonly calendar: Calendar; readonly warnBefore: Length | undefined },
): DueTimes {
  const due = whenWorked(course, calendar, goalMs);
  const warn =
    warnBefore === undefined
      ? undefined
      : whenWorked(course, calendar, warnedAfter(goalMs, warnBefore, calendar, course));
  const times: { dueAt?: string; warnAt?: string; breachedFrom?: string } = {};
  if (due !== undefined) {
    const breached = nextCounted(course, calendar, due);
    times.dueAt = isoOf(due);
    if (breached !== undefined) times.breachedFrom = breached === due ? times.dueAt : isoOf(breached);
  }
  if (warn !== undefined) times.warnAt = isoOf(warn);
  return times;
}

/** Working milliseconds left at an instant, negative if it is late. They are constant for a stopped clock. */
export function remaining(clock: Clock, calendar: Calendar, at: string): number {
  return clock.goalMs - (clock.workingMs ?? worked(clock, calendar, instant(at)));
}

type Judged = Pick<Clock, 'state' | 'pauses'> & {
  readonly met?: boolean | null | undefined;
  readonly breachedFrom?: string | null | undefined;
};

/** Whether the clock goes on past the first working instant after its due time. */
export const isOverdue = ({ state, breachedFrom }: Omit<Judged, 'pauses'>, at: string): boolean =>
  (state === 'running' || state === 'paused') && typeof breachedFrom === 'string' && at > breachedFrom;

export type ClockVerdict = 'met' | 'missed' | 'running' | 'overdue' | 'paused' | 'cancelled';

/** At an instant. Past due is overdue, on hold or not; what was cancelled after it was due is missed. */
export function verdictOf(clock: Judged, at: string): ClockVerdict {
  const { state, met, pauses } = clock;
  if (state === 'completed' || (state === 'cancelled' && met === false)) return met ? 'met' : 'missed';
  if (isOverdue(clock, at)) return 'overdue';
  const until = pauses.at(-1)?.until;
  return state === 'paused' && until !== undefined && until <= at ? 'running' : state;
}
