import { inOneLine } from '../event-sourcing/one-line.js';
import type { ClockDocument } from '../read-models/clocks.js';
import type { CompiledRules, CompiledTarget } from '../recovery/rules/compile.js';
import { workingTimeOf } from '../recovery/clocks/clock-times.js';
import type { RuleBooks } from '../recovery/rules/rule-book.js';
import { isInWorkingDays } from '../recovery/rules/duration.js';
import { dayOf } from '../recovery/calendar/weekly-hours.js';
import type { DayHours } from '../recovery/rules/rule-set.js';
import { ClauseDifferences, DAY_LISTS, type Clause, type Reason } from './clauses.js';
import { without, type Interval } from './intervals.js';

/** The facts behind one clock's verdict on one side. */
type Basis = Pick<
  ClockDocument,
  'ruleSet' | 'goalMs' | 'within' | 'workingMs' | 'dueAt' | 'startedAt' | 'startedBy' | 'stoppedAt' | 'stoppedBy'
>;

interface Span {
  readonly from: string;
  readonly to: string;
}

/** Why a verdict changed: the clauses of the rules, the events and the working time. */
export interface Why {
  /** The clauses that changed it, such as "goal" or "goal + calendar". */
  readonly reason: string;
  readonly sentence: string;
  readonly clauses: readonly Clause[];
  readonly before: Basis | null;
  readonly after: Basis | null;
  /** Working time that counts on one side only. */
  readonly intervals: { readonly noLongerCounted: readonly Span[]; readonly newlyCounted: readonly Span[] };
}

export interface Pair {
  readonly before: ClockDocument | undefined;
  readonly after: ClockDocument | undefined;
}

/** Explains why a clock's verdict differs under two rule books. */
export class Explainer {
  readonly #differences = new ClauseDifferences();
  readonly #rules: ReadonlyMap<string, CompiledRules>;

  constructor(
    private readonly books: { readonly before: RuleBooks; readonly after: RuleBooks },
    private readonly programme: string,
  ) {
    const all = [...books.before.book(programme), ...books.after.book(programme)];
    this.#rules = new Map(all.map(({ rules }) => [rules.hash, rules]));
  }

  why({ before, after }: Pair): Why {
    const [had, has] = [promised(before), promised(after)];
    const openedAt = (before ?? after)?.openedAt ?? '';
    const target = (before ?? after)?.target ?? '';
    const rules = {
      before: this.#rulesOf(had, this.books.before.at(this.programme, openedAt)),
      after: this.#rulesOf(has, this.books.after.at(this.programme, openedAt)),
    };
    const clauses = this.#differences.of(target, rules.before, rules.after);
    const calendars = { before: targetOf(rules.before, target), after: targetOf(rules.after, target) };
    const reasons = reasonsOf(had, has, clauses);
    const turned = relevant(clauses, reasons, had, has, calendars);
    return {
      reason: reasons.join(' + '),
      sentence: sentenceOf(had, has, turned),
      clauses: turned,
      before: had ? basisOf(had) : null,
      after: has ? basisOf(has) : null,
      intervals: intervalsOf(had, has, calendars),
    };
  }

  #rulesOf(clock: ClockDocument | undefined, inForce: CompiledRules | undefined): CompiledRules | undefined {
    return clock?.ruleSet == null ? inForce : (this.#rules.get(clock.ruleSet) ?? inForce);
  }
}

const promised = (clock: ClockDocument | undefined): ClockDocument | undefined =>
  clock?.state === 'unattached' ? undefined : clock;

const targetOf = (rules: CompiledRules | undefined, id: string): CompiledTarget | undefined =>
  rules?.targets.find((target) => target.id === id);

interface Targets {
  readonly before: CompiledTarget | undefined;
  readonly after: CompiledTarget | undefined;
}

/** The clauses that changed the verdict: a clause that suffices alone, else all that do it together. */
function reasonsOf(
  had: ClockDocument | undefined,
  has: ClockDocument | undefined,
  clauses: readonly Clause[],
): readonly string[] {
  const differing = [...new Set(clauses.map(({ reason }) => reason))];
  if (!had || !has) return differing.length > 0 ? differing : ['facts'];
  const moved: Reason[] = [];
  if (had.startedAt !== has.startedAt || had.startedBy !== has.startedBy)
    moved.push('each', 'start', 'retarget', 'reopen');
  if (had.stoppedBy !== has.stoppedBy || had.state !== has.state) moved.push('each', 'stop', 'cancel');
  if (JSON.stringify(had.pauses) !== JSON.stringify(has.pauses)) moved.push('pause');
  const conditions = differing.filter((reason) => moved.includes(reason));
  if (conditions.length > 0) return conditions;
  const [goal, calendar] = [had.goalMs !== has.goalMs, differing.includes('calendar')];
  if (!goal || !calendar)
    return goal ? ['goal'] : calendar ? ['calendar'] : differing.length > 0 ? differing : ['rule set'];
  // Try the other goal alone, then the other calendar alone: does one of them suffice?
  if (had.workingMs === null || has.workingMs === null) return ['goal', 'calendar'];
  const met = isMet(had.workingMs, had.goalMs);
  const [goalAlone, calendarAlone] = [
    isMet(had.workingMs, has.goalMs) !== met,
    isMet(has.workingMs, had.goalMs) !== met,
  ];
  if (goalAlone && !calendarAlone) return ['goal'];
  if (calendarAlone && !goalAlone) return ['calendar'];
  return ['goal', 'calendar'];
}

const isMet = (workingMs: number, goalMs: number | null): boolean => goalMs !== null && workingMs <= goalMs;

/** The clauses behind the reasons, narrowed to the case's own goal and to the days during its clock. */
function relevant(
  clauses: readonly Clause[],
  reasons: readonly string[],
  had: ClockDocument | undefined,
  has: ClockDocument | undefined,
  { before, after }: Targets,
): readonly Clause[] {
  const goal = (clock: ClockDocument | undefined, target: CompiledTarget | undefined): number =>
    target?.goals.findIndex(({ within }) => {
      const startedAt = clock?.startedAt ?? undefined;
      return startedAt !== undefined && workingTimeOf(within, target.calendar, { startedAt }) === clock?.goalMs;
    }) ?? -1;
  const places = [goal(had, before), goal(has, after)].filter((place) => place >= 0);
  const until = [had?.stoppedAt, has?.stoppedAt, had?.dueAt, has?.dueAt].reduce<string>(
    (last, one) => (one != null && one > last ? one : last),
    '',
  );
  const since = (had ?? has)?.startedAt?.slice(0, 10) ?? '';
  const days = (value: unknown): unknown =>
    Array.isArray(value)
      ? (value as (string | DayHours)[]).filter((entry) => dayOf(entry) >= since && dayOf(entry) <= until.slice(0, 10))
      : value;
  return clauses.flatMap((clause): Clause[] => {
    if (!reasons.includes(clause.reason)) return [];
    const numbered = /\.goals\[(\d+)\]/.exec(clause.path)?.[1];
    if (numbered !== undefined && places.length > 0 && !places.includes(Number(numbered))) return [];
    if (!DAY_LISTS.some((list) => clause.path.endsWith(`.${list}`))) return [clause];
    return [{ ...clause, from: days(clause.from), to: days(clause.to) }];
  });
}

const basisOf = (clock: ClockDocument): Basis => {
  const { ruleSet, goalMs, within, workingMs, dueAt, startedAt, startedBy, stoppedAt, stoppedBy } = clock;
  return { ruleSet, goalMs, within, workingMs, dueAt, startedAt, startedBy, stoppedAt, stoppedBy };
};

const hours = (ms: number | null): string => (ms === null ? '-' : `${Number((ms / 3_600_000).toFixed(2))} h`);

const goalIn = ({ within, goalMs }: ClockDocument): string =>
  within !== null && isInWorkingDays(within) ? `${within} (${hours(goalMs)})` : hours(goalMs);

function sentenceOf(
  had: ClockDocument | undefined,
  has: ClockDocument | undefined,
  clauses: readonly Clause[],
): string {
  const differences = clauses.map(({ path, from, to }) => `${path}: ${shown(from)} > ${shown(to)}`);
  const worked = (clock: ClockDocument | undefined): string => {
    if (!clock) return 'nothing promised';
    if (clock.workingMs === null) return `due ${clock.dueAt ?? 'when it goes on'}, goal ${goalIn(clock)}`;
    return `${hours(clock.workingMs)} worked of ${goalIn(clock)}`;
  };
  return `${differences.join('; ')} (before: ${worked(had)}; after: ${worked(has)})`;
}

const shown = (value: unknown): string =>
  value === null || (Array.isArray(value) && value.length === 0) ? 'none' : inOneLine(value, 80);

const NO_INTERVALS: Why['intervals'] = { noLongerCounted: [], newlyCounted: [] };

function intervalsOf(
  had: ClockDocument | undefined,
  has: ClockDocument | undefined,
  { before, after }: Targets,
): Why['intervals'] {
  const [one, other] = [counted(had, before), counted(has, after)];
  if (one.length === 0 && other.length === 0) return NO_INTERVALS;
  return { noLongerCounted: without(one, other).map(spanned), newlyCounted: without(other, one).map(spanned) };
}

/** The working time of a stopped clock, without its pauses. */
function counted(clock: ClockDocument | undefined, target: CompiledTarget | undefined): readonly Interval[] {
  if (!clock || !target || clock.startedAt === null || clock.stoppedAt === null) return [];
  const [from, to] = [Date.parse(clock.startedAt), Date.parse(clock.stoppedAt)];
  const pauses = clock.pauses.map((pause) => ({
    from: Date.parse(pause.from),
    to: Date.parse(pause.to ?? clock.stoppedAt ?? ''),
  }));
  return without(target.calendar.intervals(from, to), pauses);
}

const spanned = ({ from, to }: Interval): Span => ({
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
});
