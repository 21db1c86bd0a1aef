import canonicalize from 'canonicalize';
import type { CompiledRules, CompiledTarget } from '../rules/compile.js';
import { inWork } from '../case/case-state.js';
import type { Clock, Goal } from './clock.js';
import {
  attach,
  cancel,
  complete,
  goalOf,
  goOn,
  goOnAfterReturn,
  holdOrResume,
  isGoing,
  notingMissed,
  promise,
  unpromise,
} from './clock-moves.js';
import type { Moment, Unpromised } from './clock-moves.js';
import { notBefore } from './clock-times.js';

export interface Standing {
  /** In the order of their start. */
  readonly clocks: readonly Clock[];
  /** Targets that have started without a goal that fits. */
  readonly unpromised: readonly Unpromised[];
}

type Book = readonly { readonly rules: CompiledRules }[];

/**
 * Moves every clock to the state that its target demands at a moment: stop before pause before start. A clock under
 * older rules moves to those in force as its own target says (`retarget`). `moves` selects among the running clocks.
 */
export function settle(
  before: Standing,
  rules: CompiledRules,
  moment: Moment,
  book: Book,
  moves?: (going: Clock) => boolean,
): Standing {
  const now: Settled = { clocks: [], unpromised: [] };
  for (const clock of before.clocks) {
    const going = isGoing(clock) ? clock : returned(clock, rules, moment, book);
    keep(now, going && (!moves || moves(clock)) ? advance(going, rules, moment, book) : clock);
  }
  for (const course of before.unpromised) goOnIn(now, advanceUnpromised(course, rules, moment, book));
  for (const target of rules.targets) {
    if (target.reportedOnly || lastOf(now.unpromised, target)) continue;
    const last = lastOf(now.clocks, target);
    if (!begins(target, last, moment)) continue;
    const stopped = goesOnAfterReopening(target, last) ? last : undefined;
    const course = stopped
      ? holdOrResume(goOn(stopped, rules.hash, moment), target, moment)
      : attach(target, rules.hash, moment);
    goOnIn(now, promiseIfAny(course, target, goalOf(target, moment.facts, course)));
  }
  return now;
}

interface Settled {
  readonly clocks: Clock[];
  readonly unpromised: Unpromised[];
}

function keep({ clocks, unpromised }: Settled, next: Clock | Unpromised): void {
  if ('goalMs' in next) clocks.push(next);
  else unpromised.push(next);
}

/** A resumed clock replaces the stopped one only once it has a goal, so that no verdict is lost. */
function goOnIn(now: Settled, next: Clock | Unpromised | undefined): void {
  if (!next) return;
  const stopped = 'goalMs' in next ? now.clocks.findIndex((clock) => goesOnIn(next, clock)) : -1;
  if (stopped >= 0) now.clocks.splice(stopped, 1);
  keep(now, next);
}

const goesOnIn = (next: Clock, { target, cycle, startedAt, startedBy }: Clock): boolean =>
  target === next.target && cycle < next.cycle && startedBy === next.startedBy && startedAt === next.startedAt;

function lastOf<Course extends Unpromised>(courses: readonly Course[], { id }: CompiledTarget): Course | undefined {
  for (let i = courses.length - 1; i >= 0; i--) if (courses[i]?.target === id) return courses[i];
  return undefined;
}

/** A completed clock that goes on, because its case came back to work in the same cycle. */
function returned(clock: Clock, rules: CompiledRules, moment: Moment, book: Book): Clock | undefined {
  const { facts } = moment;
  if (clock.state !== 'completed' || clock.cycle !== facts.cycle || !inWork(facts)) return undefined;
  const target = targetOf(clock, rules, book);
  // The next message has a clock of its own.
  if (target.each !== undefined || target.onReturn === 'keep' || target.stop(facts) || target.cancel(facts))
    return undefined;
  return goOnAfterReturn(clock, target, moment);
}

function advance(going: Clock, rules: CompiledRules, moment: Moment, book: Book): Clock | Unpromised {
  const { facts } = moment;
  let clock = going;
  const own = targetOf(clock, rules, book);
  const pinned = own.retarget === 'pinned';
  const target = pinned ? own : computed(rules, clock.target);
  if (target?.stop(facts)) return complete(clock, own, moment);
  if (!target || target.cancel(facts) || isReplaced(clock, target, facts.cycle)) return cancel(clock, own, moment);

  const goalFrom = (course: Unpromised) => (pinned ? going : goalOf(target, facts, course));
  const goal = goalFrom(clock);
  const goalMs = goal?.goalMs;
  const restarts =
    own.retarget === 'restart' && (goalMs !== clock.goalMs || isChanged(own, target, rules, book, clock));
  if (staysMissed(own, moment) && (restarts || goalMs !== clock.goalMs)) clock = notingMissed(clock, moment.at);
  const ruleSet = pinned ? clock.ruleSet : rules.hash;
  const course = restarts
    ? beginAgain(clock, target, ruleSet, moment)
    : holdOrResume(ruleSet === clock.ruleSet ? clock : { ...clock, ruleSet }, target, moment);
  if (course === clock && goalMs === clock.goalMs && goal?.within === clock.within) return clock;
  const goalNow = restarts ? goalFrom(course) : goal;
  if (goalNow !== undefined) return promise(course, goalNow, target);
  return clock.missed ? cancel(clock, own, moment) : unpromise(course);
}

/** A source's file tells of changes that nobody was promised anything before: there the last goal counts. */
const staysMissed = ({ pastDue }: CompiledTarget, { imported }: Moment): boolean =>
  (pastDue ?? (imported ? 'follows-goal' : 'stays-missed')) === 'stays-missed';

function advanceUnpromised(course: Unpromised, rules: CompiledRules, moment: Moment, book: Book) {
  const target = computed(rules, course.target);
  if (!target || target.stop(moment.facts) || target.cancel(moment.facts)) return undefined;
  if (isReplaced(course, target, moment.facts.cycle)) return undefined;
  if (targetOf(course, rules, book).retarget === 'restart') {
    const again = beginAgain(course, target, rules.hash, moment);
    const goal = goalOf(target, moment.facts, again);
    if (goal !== undefined) return promise(again, goal, target);
  }
  const now = holdOrResume(course.ruleSet === rules.hash ? course : { ...course, ruleSet: rules.hash }, target, moment);
  const goal = goalOf(target, moment.facts, now);
  return goal === undefined ? now : promise(now, goal, target);
}

/** It keeps the cycle and the first promise. */
const beginAgain = (course: Unpromised, target: CompiledTarget, ruleSet: string, moment: Moment): Unpromised => ({
  ...course,
  ...attach(target, ruleSet, { ...moment, at: notBefore(course, moment.at) }),
  cycle: course.cycle,
});

/** A target that restarts begins when a goal fits, so it keeps nothing before. */
const promiseIfAny = (course: Unpromised, target: CompiledTarget, goal: Goal | undefined) => {
  if (goal !== undefined) return promise(course, goal, target);
  return target.retarget === 'keep' ? unpromise(course) : undefined;
};

/** A clock of a new cycle replaces a running one of the previous cycle. */
const isReplaced = (course: Unpromised, target: CompiledTarget, cycle: number): boolean =>
  target.reopen === 'restart' && course.cycle < cycle;

const goesOnAfterReopening = (target: CompiledTarget, last: Clock | undefined): boolean =>
  target.each === undefined && target.reopen === 'resume' && last?.state === 'completed';

/** Whether a clock begins: there is one for each target and cycle, or for each reply that is due in it. */
function begins(target: CompiledTarget, last: Clock | undefined, { facts, reply }: Moment): boolean {
  if (last && isGoing(last)) return false;
  if (last?.cycle === facts.cycle && (target.each === undefined || last.reply === reply)) return false;
  if (target.reopen === 'first-only' && facts.cycle > 1) return false;
  return target.start(facts) && !target.stop(facts) && !target.cancel(facts);
}

const computed = (rules: CompiledRules, id: string): CompiledTarget | undefined => {
  const target = rules.targetsById.get(id);
  return target?.reportedOnly ? undefined : target;
};

/** The target in the clock's own rule set. */
function targetOf(clock: Unpromised, rules: CompiledRules, book: Book): CompiledTarget {
  const own = computed(rulesOf(clock, rules, book), clock.target);
  if (own) return own;
  throw new Error(`Rule set ${clock.ruleSet} has no target ${clock.target}, though a clock of it runs.`);
}

function rulesOf(clock: Unpromised, rules: CompiledRules, book: Book): CompiledRules {
  if (clock.ruleSet === rules.hash) return rules;
  const entry = book.find((one) => one.rules.hash === clock.ruleSet);
  if (entry) return entry.rules;
  throw new Error(`Rule set ${clock.ruleSet} is not in the rule book, though a clock of target ${clock.target} runs.`);
}

/** Whether the new rules differ from the clock's own in the target or its calendar. */
function isChanged(own: CompiledTarget, target: CompiledTarget, rules: CompiledRules, book: Book, clock: Clock) {
  return own !== target && asWritten(rulesOf(clock, rules, book), own.id) !== asWritten(rules, own.id);
}

function asWritten({ ruleSet }: CompiledRules, id: string): string | undefined {
  const target = ruleSet.targets.find((one) => one.id === id);
  return canonicalize({ target, calendar: ruleSet.calendars[target?.calendar ?? ''] });
}
