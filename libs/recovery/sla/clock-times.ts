import type { Calendar } from '../calendar/calendar.js';
import type { Clock } from './clock.js';

/** Who runs, since when, and when it was held: what a clock is before it has a goal. */
export type Course = Pick<Clock, 'startedAt' | 'pauses'>;

/** The last two read: all clocks that one event moves ask for the same start and the same moment. */
const read = { last: '', lastAt: NaN, before: '', beforeAt: NaN };

export function instant(iso: string): number {
  if (iso === read.last) return read.lastAt;
  if (iso === read.before) return read.beforeAt;
  read.before = read.last;
  read.beforeAt = read.lastAt;
  read.last = iso;
  read.lastAt = Date.parse(iso);
  return read.lastAt;
}

const DAY = 86_400_000;
const MINUTE = 60_000;
const texts = (most: number, text: (n: number) => string): readonly string[] =>
  Array.from({ length: most }, (_, n) => text(n));
const digits = (count: number, n: number): string => String(n).padStart(count, '0');
const OF_DAY = texts(DAY / MINUTE, (n) => `${digits(2, Math.floor(n / 60))}:${digits(2, n % 60)}:`);
const OF_MINUTE = texts(60, (n) => `${digits(2, n)}.`);
const OF_SECOND = texts(1_000, (n) => `${digits(3, n)}Z`);

/** The day written last: what falls due of a case mostly does so within a few days. */
const wrote = { day: NaN, text: '' };

/** ISO 8601, UTC. By hand, as a case has a dozen of them and Date takes four times as long. @throws RangeError for none */
export function written(at: number): string {
  const day = Math.floor(at / DAY);
  if (day !== wrote.day) {
    wrote.text = new Date(at).toISOString().slice(0, -'hh:mm:ss.000Z'.length);
    wrote.day = day;
  }
  const ms = Math.floor(at - day * DAY);
  const ofMinute = ms % MINUTE;
  const [time, seconds, rest] = [
    OF_DAY[(ms - ofMinute) / MINUTE],
    OF_MINUTE[Math.floor(ofMinute / 1_000)],
    OF_SECOND[ofMinute % 1_000],
  ];
  return `${wrote.text}${time}${seconds}${rest}`;
}

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
    const breached = calendar.nextWorking(due);
    times.dueAt = written(due);
    times.breachedFrom = breached === due ? times.dueAt : written(breached);
  }
  if (warn !== undefined) times.warnAt = written(warn);
  return times;
}

/** Working milliseconds that are left at an instant; below zero: how late it is. A stopped clock's stay as they were. */
export function remaining(clock: Clock, calendar: Calendar, at: string): number {
  return clock.goalMs - (clock.workingMs ?? worked(clock, calendar, instant(at)));
}

/** Still going past the first working instant after due: until then it can be met. */
export const isOverdue = (clock: Clock, at: string): boolean =>
  (clock.state === 'running' || clock.state === 'paused') &&
  clock.breachedFrom !== undefined &&
  at > clock.breachedFrom;
