import type { Calendar } from '../calendar/calendar.js';
import type { RuleBooks } from '../rules/rule-book.js';
import type { Clock } from './clock.js';
import { instant, isoOf } from '../fast/instants.js';

interface Interval {
  readonly from: string;
  readonly to: string;
  readonly ms: number;
}

/** Why a clock stands where it does: what an auditor can add up again by hand. */
export interface ClockExplanation {
  readonly clock: Clock;
  readonly title: string;
  /** The calendar's name in the rule set; null: all time counts. */
  readonly calendar: string | null;
  readonly zone: string;
  readonly timeZoneData: string;
  /** Until when time was counted: its stop, or the moment asked for. */
  readonly until: string;
  /** The working intervals that count, in order. Their sum is `workingMs`. */
  readonly counted: readonly Interval[];
  readonly workingMs: number;
  /** Each pause, with the working time that it held back. */
  readonly held: readonly (Clock['pauses'][number] & { readonly heldMs: number })[];
}

/**
 * `at` is the moment asked for, which a stopped clock does not look at; `timeZoneData` is the version of the zones.
 * @throws Error where the books do not hold the rule set that the clock names.
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
      heldMs: target.calendar.workingMs(instant(pause.from), instant(pause.to ?? until)),
    })),
  };
}

function countedIntervals({ startedAt, pauses }: Clock, calendar: Calendar, until: number): readonly Interval[] {
  const between = (from: number, to: number) => calendar.intervals(from, Math.min(to, until));
  const runs: { from: number; to: number }[] = [];
  let since = instant(startedAt);
  for (const { from, to } of pauses) {
    runs.push(...between(since, instant(from)));
    since = to === undefined ? until : instant(to);
  }
  runs.push(...between(since, until));
  return runs.map(({ from, to }) => ({ from: isoOf(from), to: isoOf(to), ms: to - from }));
}
