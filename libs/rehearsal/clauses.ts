import canonicalize from 'canonicalize';
import type { CompiledRules } from '../recovery/rules/compile.js';
import type { CalendarRule, TargetRule } from '../recovery/rules/rule-set.js';

const CONDITIONS = ['each', 'start', 'stop', 'pause', 'cancel', 'reopen', 'retarget'] as const;

/** A calendar's lists of single days. */
export const DAY_LISTS = ['holidays', 'workdays'] as const;

/** The parts of a target's rules that can change a verdict. */
export type Reason = (typeof CONDITIONS)[number] | 'goal' | 'calendar' | 'target added' | 'target removed';

/** A place where two rule sets differ. A side without it is null. */
export interface Clause {
  readonly reason: Reason;
  /** Such as targets[0].goals[1].within or calendars.office.holidays. */
  readonly path: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** Finds where two rule sets differ on a target, and caches the answers. */
export class ClauseDifferences {
  readonly #known = new Map<string, readonly Clause[]>();

  of(target: string, before: CompiledRules | undefined, after: CompiledRules | undefined): readonly Clause[] {
    const key = `${target}\n${before?.hash ?? ''}\n${after?.hash ?? ''}`;
    let known = this.#known.get(key);
    if (!known) this.#known.set(key, (known = differences(target, before, after)));
    return known;
  }
}

function differences(
  target: string,
  before: CompiledRules | undefined,
  after: CompiledRules | undefined,
): readonly Clause[] {
  const [one, other] = [targetIn(before, target), targetIn(after, target)];
  if (!one && !other) return [];
  if (!one || !other) {
    const reason = one ? 'target removed' : 'target added';
    return [{ reason, path: `targets[${(one ?? other)?.index}]`, from: one?.rule ?? null, to: other?.rule ?? null }];
  }
  const path = `targets[${other.index}]`;
  const clauses: Clause[] = [];
  for (const reason of CONDITIONS) {
    const [from, to] = [one.rule[reason] ?? null, other.rule[reason] ?? null];
    if (differ(from, to)) clauses.push({ reason, path: `${path}.${reason}`, from, to });
  }
  return [...clauses, ...goalClauses(path, one.rule, other.rule), ...calendarClauses(path, one, other)];
}

interface TargetInRules {
  readonly index: number;
  readonly rule: TargetRule;
  readonly calendar: CalendarRule | undefined;
}

function targetIn(rules: CompiledRules | undefined, target: string): TargetInRules | undefined {
  const index = rules?.ruleSet.targets.findIndex(({ id }) => id === target) ?? -1;
  const rule = rules?.ruleSet.targets[index];
  if (!rule || rule.reportedOnly !== undefined) return undefined;
  return { index, rule, calendar: rules?.ruleSet.calendars[rule.calendar ?? ''] };
}

/** Compares goal by goal if both rule sets have the same conditions, else the goals as a whole. */
function goalClauses(path: string, { goals: one = [] }: TargetRule, { goals: other = [] }: TargetRule): Clause[] {
  const sameConditions =
    one.length === other.length && one.every(({ when = null }, i) => !differ(when, other[i]?.when ?? null));
  if (!sameConditions) {
    return differ(one, other) ? [{ reason: 'goal', path: `${path}.goals`, from: one, to: other }] : [];
  }
  return one.flatMap(({ within }, i): Clause[] => {
    const to = other[i]?.within ?? null;
    return within === to ? [] : [{ reason: 'goal', path: `${path}.goals[${i}].within`, from: within, to }];
  });
}

function calendarClauses(path: string, one: TargetInRules, other: TargetInRules): Clause[] {
  const [from, to] = [one.rule.calendar ?? null, other.rule.calendar ?? null];
  if (!differ(one.calendar ?? null, other.calendar ?? null)) return [];
  if (from !== to) return [{ reason: 'calendar', path: `${path}.calendar`, from, to }];
  const clauses: Clause[] = [];
  for (const field of ['zone', 'hours'] as const) {
    const [was, is] = [one.calendar?.[field] ?? null, other.calendar?.[field] ?? null];
    if (differ(was, is)) clauses.push({ reason: 'calendar', path: `calendars.${to}.${field}`, from: was, to: is });
  }
  for (const list of DAY_LISTS) {
    const [had, has] = [one.calendar?.[list] ?? [], other.calendar?.[list] ?? []];
    const removed = had.filter((day) => !has.some((other) => !differ(day, other)));
    const added = has.filter((day) => !had.some((other) => !differ(day, other)));
    if (removed.length + added.length > 0)
      clauses.push({ reason: 'calendar', path: `calendars.${to}.${list}`, from: removed, to: added });
  }
  return clauses;
}

const differ = (one: unknown, other: unknown): boolean => canonicalize(one) !== canonicalize(other);
