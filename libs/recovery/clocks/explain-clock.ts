import type { Calendar } from '../calendar/calendar.js';
import type { RuleBooks } from '../rules/rule-book.js';
import type { Clock } from './clock.js';
import { instant, isoOf } from '../fast/instants.js';
import { endOf } from './clock-times.js';

/**
 * The figures behind a clock, which an auditor can add up by hand. A stopped clock ignores `at`, the requested moment.
 * `timeZoneData` is the version of the time-zone data.
 * @throws Error if the books lack the clock's rule set.
 */
export function explainClock(
  clock: Clock,
  programme: string,
  books: RuleBooks,
  { at, timeZoneData }: { readonly at: string; readonly timeZoneData: string },
) {
  const rules = books.book(programme).find((entry) => entry.rules.hash === clock.ruleSet)?.rules;
  const target = rules?.targets.find(({ id }) => id === clock.target);
  if (!rules || !target) {
    throw new Error(`The rule book of ${programme} has no rule set ${clock.ruleSet} with a target ${clock.target}.`);
  }
  const until = clock.stoppedAt ?? (at < clock.startedAt ? clock.startedAt : at);
  const counted = countedIntervals(clock, target.calendar, instant(until));
  return {
    clock,
    title: target.title,
    /** The calendar's name in the rule set; null: all time counts. */
    calendar: rules.ruleSet.targets.find(({ id }) => id === clock.target)?.calendar ?? null,
    zone: target.calendar.zone,
    timeZoneData,
    /** Time counts until here: the clock's stop, or the requested moment. */
    until,
    /** The working intervals that count, in order. Their sum is `workingMs`. */
    counted,
    workingMs: counted.reduce((sum, { ms }) => sum + ms, 0),
    /** Each pause with the working time that it overlaps. */
    held: clock.pauses.map((pause) => ({
      ...pause,
      heldMs: target.calendar.workingMs(instant(pause.from), instant(earlier(endOf(pause), until))),
    })),
  };
}

export type ClockExplanation = Readonly<ReturnType<typeof explainClock>>;

const earlier = (end: string | undefined, until: string): string => (end !== undefined && end < until ? end : until);

function countedIntervals({ startedAt, pauses }: Clock, calendar: Calendar, until: number) {
  const between = (from: number, to: number) => calendar.intervals(from, Math.min(to, until));
  const runs: { from: number; to: number }[] = [];
  let since = instant(startedAt);
  for (const pause of pauses) {
    runs.push(...between(since, instant(pause.from)));
    const end = endOf(pause);
    since = end === undefined ? until : instant(end);
  }
  runs.push(...between(since, until));
  return runs.map(({ from, to }) => ({ from: isoOf(from), to: isoOf(to), ms: to - from }));
}
