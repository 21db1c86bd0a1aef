import type { Calendar } from '../calendar/calendar.js';
import { instant, isoOf } from '../fast/instants.js';
import type { Clock } from './clock.js';

/** Who runs, since when, and when it was held: what a clock is before it has a goal. */
export type Course = Pick<Clock, 'startedAt' | 'pauses'>;

export const isPaused = ({ pauses }: Course): boolean => pauses.length > 0 && pauses.at(-1)?.to === undefined;

/** Nothing on a clock happens before what is already on it, in whatever order it was heard of. */
export function notBefore(course: Course, at: string): string {
  const last = course.pauses.at(-1);
  const edge = last === undefined ? course.startedAt : (last.to ?? last.from);
  return at < edge ? edge : at;
}

/** Working milliseconds from its start to `at` without what its pauses overlap. */
export function worked({ startedAt, pauses }: Course, calendar: Calendar, at: number): number {
  let since = instant(startedAt);
  let sum = 0;
  for (const pause of pauses) {
    sum += calendar.workingMs(since, Math.min(instant(pause.from), at));
    if (pause.to === undefined) return sum;
    since = instant(pause.to);
  }
  return sum + calendar.workingMs(since, at);
}

/** The instant by which so much was worked; undefined where an open pause comes first. */
function whenWorked({ startedAt, pauses }: Course, calendar: Calendar, ms: number): number | undefined {
  let since = instant(startedAt);
  let left = ms;
  for (const pause of pauses) {
    const share = calendar.workingMs(since, instant(pause.from));
    if (share >= left) return calendar.add(since, left);
    left -= share;
    if (pause.to === undefined) return undefined;
    since = instant(pause.to);
  }
  return calendar.add(since, left);
}

/** The first instant at or after from which time counts; undefined where an open pause comes first. */
function nextCounted({ pauses }: Course, calendar: Calendar, at: number): number | undefined {
  let next = calendar.nextWorking(at);
  for (const pause of pauses) {
    if (instant(pause.from) > next) break;
    if (pause.to === undefined) return undefined;
    const to = instant(pause.to);
    if (to > next) next = calendar.nextWorking(to);
  }
  return next;
}

export type DueTimes = Pick<Clock, 'dueAt' | 'warnAt' | 'breachedFrom'>;

/** A pause moves what it finds still to come by the working time it overlaps; what fell due before it stays. */
export function dueTimes(
  course: Course,
  goalMs: number,
  { calendar, warnBeforeMs }: { readonly calendar: Calendar; readonly warnBeforeMs: number | undefined },
): DueTimes {
  const due = whenWorked(course, calendar, goalMs);
  const warn =
    warnBeforeMs === undefined ? undefined : whenWorked(course, calendar, Math.max(0, goalMs - warnBeforeMs));
  const times: { dueAt?: string; warnAt?: string; breachedFrom?: string } = {};
  if (due !== undefined) {
    const breached = nextCounted(course, calendar, due);
    times.dueAt = isoOf(due);
    if (breached !== undefined) times.breachedFrom = breached === due ? times.dueAt : isoOf(breached);
  }
  if (warn !== undefined) times.warnAt = isoOf(warn);
  return times;
}

/** Working milliseconds that are left at an instant; below zero: how late it is. A stopped clock's stay as they were. */
export function remaining(clock: Clock, calendar: Calendar, at: string): number {
  return clock.goalMs - (clock.workingMs ?? worked(clock, calendar, instant(at)));
}

/** Still going past the first instant after due that counts: until then it can be met. */
export const isOverdue = (clock: Clock, at: string): boolean =>
  (clock.state === 'running' || clock.state === 'paused') &&
  clock.breachedFrom !== undefined &&
  at > clock.breachedFrom;
