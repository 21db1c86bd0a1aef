import type { Filter } from '../../filter/filter.js';
import { fieldsOf } from '../../filter/parse-filter.js';
import { compileFilter } from '../../filter/predicate.js';
import type { Calendar } from '../calendar/calendar.js';
import { compileCalendar } from '../calendar/compile-calendar.js';
import type { CaseFacts } from '../case/case-facts.js';
import type { ResponseFacts } from '../triage/response-facts.js';
import { compileRouting, type CompiledRouting } from './compile-routing.js';
import { parseDuration, parseLength, type Length } from './duration.js';
import { ruleSetHash } from './hash.js';
import type {
  ContactRules,
  EscalationLevel,
  ProgressRules,
  RuleSet,
  TargetRule,
  TriageCell,
  TriageRules,
} from './rule-set.js';

export type Condition = (facts: CaseFacts) => boolean;

/** A target, ready to be evaluated many times. */
export interface CompiledTarget {
  readonly id: string;
  readonly title: string;
  readonly reportedOnly: boolean;
  readonly each: TargetRule['each'];
  readonly calendar: Calendar;
  readonly start: Condition;
  readonly stop: Condition;
  readonly pause: Condition;
  readonly cancel: Condition;
  /** `written`: the length in the words of the rule set. */
  readonly goals: readonly { readonly when: Condition; readonly within: Length; readonly written: string }[];
  readonly warnBefore: Length | undefined;
  readonly escalation: readonly CompiledLevel[];
  readonly retarget: 'keep' | 'restart' | 'pinned';
  readonly reopen: 'first-only' | 'restart' | 'resume';
  readonly onReturn: 'resume' | 'continue' | 'keep';
  readonly pastDue: TargetRule['pastDue'];
}

/** A level of an escalation: who is told when the clock is so much working time past due. */
export interface CompiledLevel {
  readonly afterMs: number;
  readonly to: string;
  readonly by: EscalationLevel['by'];
  readonly when: Condition;
}

/** A triage override with its condition as a function. */
export interface CompiledOverride {
  readonly id: string;
  readonly cell: Partial<TriageCell>;
  holds(this: void, facts: ResponseFacts): boolean;
}

/** The least time between attempts to reach a customer, in milliseconds, and the hours in which they count. */
export interface CompiledContact {
  readonly tries: number;
  readonly spacingMs: number;
  readonly hours: Calendar | undefined;
}

/** How often the customer hears of their case. */
export interface CompiledProgress {
  readonly everyMs: number;
  readonly calendar: Calendar | undefined;
}

/** A compiled rule set: conditions as functions, durations in milliseconds, calendars as day tables. */
export interface CompiledRules {
  /** SHA-256, in hex, of the rule set's canonical JSON (RFC 8785). */
  readonly hash: string;
  readonly ruleSet: RuleSet;
  readonly calendars: ReadonlyMap<string, Calendar>;
  readonly targets: readonly CompiledTarget[];
  readonly targetsById: ReadonlyMap<string, CompiledTarget>;
  readonly contact: CompiledContact | undefined;
  readonly progress: CompiledProgress | undefined;
  readonly overrides: readonly CompiledOverride[];
  readonly routing: CompiledRouting | undefined;
  /** The facts that its targets read: while they don't change, no clock does. */
  readonly looksAt: readonly (keyof CaseFacts)[];
  condition(filter: Filter): Condition;
}

/** The parts of a rule set that can be read alone. Targets can't: they need calendars, and a verdict names its rule set. */
export type RulesPart = 'calendars' | 'triage' | 'rootCauses';

/** Compiled rules narrowed to some parts. */
export type RulesOf<Part extends RulesPart> = { readonly ruleSet: Pick<RuleSet, Part> } & Pick<
  CompiledRules,
  'condition' | (Part & 'calendars')
>;

const ALWAYS: Calendar = compileCalendar({ zone: 'Etc/UTC', hours: 'always' });

/** When a clock for each of them starts and stops. */
const EACH = {
  'customer-message': { start: { unanswered: { $gt: 0 } }, stop: { unanswered: 0 } },
} as const satisfies Record<NonNullable<TargetRule['each']>, Pick<TargetRule, 'start' | 'stop'>>;

/** With the conditions that the target leaves unsaid. */
const inFull = (target: TargetRule): TargetRule =>
  target.each === undefined ? target : { ...target, ...EACH[target.each] };

const levelsOf = ({ escalateTo, escalation = [] }: TargetRule): readonly EscalationLevel[] =>
  escalateTo === undefined ? escalation : [{ to: escalateTo }, ...escalation];

const never: Condition = () => false;
const holds: Condition = () => true;

/** Compiles a rule set once. @throws RangeError or FilterRefused on rules that check-rule-set.ts refuses. */
export function compileRules(ruleSet: RuleSet): CompiledRules {
  const calendars = new Map(Object.entries(ruleSet.calendars).map(([name, rule]) => [name, compileCalendar(rule)]));
  const conditions = new WeakMap<Filter, Condition>();
  const condition = (filter: Filter): Condition => {
    const known = conditions.get(filter);
    if (known) return known;
    const made: Condition = compileFilter<CaseFacts>(filter);
    conditions.set(filter, made);
    return made;
  };
  const calendarOf = ({ id, calendar }: TargetRule): Calendar => {
    if (calendar === undefined) return ALWAYS;
    const found = calendars.get(calendar);
    if (found) return found;
    throw new RangeError(`Target ${id} names the calendar "${calendar}", which the rule set does not have.`);
  };
  const compileTarget = (target: TargetRule): CompiledTarget => ({
    id: target.id,
    title: target.title,
    reportedOnly: target.reportedOnly !== undefined,
    each: target.each,
    calendar: calendarOf(target),
    start: target.start ? condition(target.start) : holds,
    stop: target.stop ? condition(target.stop) : never,
    pause: target.pause ? condition(target.pause) : never,
    cancel: target.cancel ? condition(target.cancel) : never,
    goals: (target.goals ?? []).map(({ when, within }) => ({
      when: when ? condition(when) : holds,
      within: parseLength(within),
      written: within,
    })),
    warnBefore: target.warnBefore === undefined ? undefined : parseLength(target.warnBefore),
    escalation: levelsOf(target).map(({ after, to, by, when }) => ({
      ...{ afterMs: after === undefined ? 0 : parseDuration(after), to, by },
      when: when ? condition(when) : holds,
    })),
    retarget: target.retarget ?? 'keep',
    reopen: target.reopen ?? 'first-only',
    onReturn: target.onReturn ?? 'resume',
    pastDue: target.pastDue,
  });
  const written = ruleSet.targets.map(inFull);
  const targets = written.map(compileTarget);
  return {
    hash: ruleSetHash(ruleSet),
    ruleSet,
    calendars,
    targets,
    targetsById: new Map(targets.map((target) => [target.id, target])),
    contact: ruleSet.contact && compileContact(ruleSet.contact, calendars),
    progress: ruleSet.progress && compileProgress(ruleSet.progress, calendars),
    overrides: (ruleSet.triage?.overrides ?? []).map(compileOverride),
    routing: ruleSet.triage?.routing && compileRouting(ruleSet.triage.routing),
    looksAt: lookedAt(written),
    condition,
  };
}

const compileOverride = ({ id, when, ...cell }: NonNullable<TriageRules['overrides']>[number]): CompiledOverride => ({
  id,
  cell,
  holds: compileFilter<ResponseFacts>(when),
});

const compileContact = (
  { tries, spacing, hours }: ContactRules,
  calendars: CompiledRules['calendars'],
): CompiledContact => ({
  tries,
  spacingMs: spacing === undefined ? 0 : parseDuration(spacing),
  hours: hours === undefined ? undefined : calendars.get(hours),
});

const compileProgress = (
  { every, calendar }: ProgressRules,
  calendars: CompiledRules['calendars'],
): CompiledProgress => ({
  everyMs: parseDuration(every),
  calendar: calendar === undefined ? undefined : calendars.get(calendar),
});

function lookedAt(targets: readonly TargetRule[]): CompiledRules['looksAt'] {
  const conditions = targets.flatMap(({ start, stop, pause, cancel, goals = [] }) => [
    start,
    stop,
    pause,
    cancel,
    ...goals.map(({ when }) => when),
  ]);
  const fields = conditions.flatMap((condition) => (condition ? [...fieldsOf(condition)] : []));
  // The check made sure that conditions name facts. Clocks also depend on the cycle.
  return [...new Set(['cycle', ...fields])] as (keyof CaseFacts)[];
}
