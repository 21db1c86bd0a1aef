import type { Calendar } from '../calendar/calendar.js';
import type { RuleBooks } from '../rules/rule-book.js';
import type { Clock } from './clock.js';
import { instant, isoOf } from '../fast/instants.js';
import { endOf } from './clock-times.js';

interface Interval {
  readonly from: string;
  readonly to: string;
  readonly ms: number;
}

/** The figures behind a clock, which an auditor can add up by hand. */
export interface ClockExplanation {
  readonly clock: Clock;
  readonly title: string;
  /** The calendar's name in the rule set; null: all time counts. */
  readonly calendar: string | null;
  readonly zone: string;
  readonly timeZoneData: string;
  /** Time counts until here: the clock's stop, or the requested moment. */
  readonly until: string;
  /** The working intervals that count, in order. Their sum is `workingMs`. */
  readonly counted: readonly Interval[];
  readonly workingMs: number;
  /** Each pause with the working time that it overlaps. */
  readonly held: readonly (Clock['pauses'][number] & { readonly heldMs: number })[];
}

/**
 * A stopped clock ignores `at`, the requested moment. `timeZoneData` is the version of the time-zone data.
 * @throws Error if the books lack the clock's rule set.
 */
export function explainClock(
  clock: Clock,
  programme: string,
  books: RuleBooks,
  { at, timeZoneData }: { readonly at: string; readonly timeZoneData: string },
): ClockExplanation {
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
    calendar: rules.ruleSet.targets.find(({ id }) => id === clock.target)?.calendar ?? null,
    zone: target.calendar.zone,
    timeZoneData,
    until,
    counted,
    workingMs: counted.reduce((sum, { ms }) => sum + ms, 0),
    held: clock.pauses.map((pause) => ({
      ...pause,
      heldMs: target.calendar.workingMs(instant(pause.from), instant(earlier(endOf(pause), until))),
    })),
  };
}

const earlier = (end: string | undefined, until: string): string => (end !== undefined && end < until ? end : until);

function countedIntervals({ startedAt, pauses }: Clock, calendar: Calendar, until: number): readonly Interval[] {
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
