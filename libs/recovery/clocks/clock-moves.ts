import type { CaseFacts } from '../case/case-facts.js';
import { instant, isoOf } from '../fast/instants.js';
import type { CompiledTarget } from '../rules/compile.js';
import type { Clock } from './clock.js';
import { dueTimes, isPaused, notBefore, worked } from './clock-times.js';

/** A started target without a goal that fits. It promises nothing, but a goal that fits later counts from its start. */
export type Unpromised = Pick<Clock, 'target' | 'cycle' | 'ruleSet' | 'startedAt' | 'startedBy' | 'pauses'> &
  Partial<Pick<Clock, 'originalDueAt'>>;

/** An instant, the event (or rule set) that caused it, and the facts from then on. */
export interface Moment {
  readonly at: string;
  readonly by: string;
  readonly facts: CaseFacts;
}

export const goalOf = (target: CompiledTarget, facts: CaseFacts): number | undefined =>
  target.goals.find((goal) => goal.when(facts))?.withinMs;

export const isGoing = (clock: Clock): boolean => clock.state === 'running' || clock.state === 'paused';

export function attach(target: CompiledTarget, ruleSet: string, { at, by, facts }: Moment): Unpromised {
  const pauses = target.pause(facts) ? [{ from: at, fromEvent: by }] : [];
  return { target: target.id, cycle: facts.cycle, ruleSet, startedAt: at, startedBy: by, pauses };
}

/** Takes the promise from a clock that no goal fits any more. */
export const unpromise = ({ target, cycle, ruleSet, startedAt, startedBy, pauses, originalDueAt }: Unpromised) => ({
  target,
  cycle,
  ruleSet,
  startedAt,
  startedBy,
  pauses,
  ...(originalDueAt === undefined ? {} : { originalDueAt }),
});

/** Makes a clock of a course that has a goal now. */
export function promise(course: Unpromised, goalMs: number, target: CompiledTarget): Clock {
  const { target: id, cycle, ruleSet, startedAt, startedBy, pauses } = course;
  const due = dueTimes(course, goalMs, target);
  return {
    target: id,
    cycle,
    state: isPaused(course) ? 'paused' : 'running',
    ruleSet,
    goalMs,
    startedAt,
    startedBy,
    pauses,
    // A clock that begins paused has a first promise too, as if it ran.
    originalDueAt: course.originalDueAt ?? due.dueAt ?? isoOf(target.calendar.add(instant(startedAt), goalMs)),
    ...due,
  };
}

/** Pauses or resumes by the target's pause condition; the same object if nothing changes. */
export function holdOrResume<C extends Unpromised>(course: C, target: CompiledTarget, moment: Moment): C {
  const hold = target.pause(moment.facts);
  if (hold === isPaused(course)) return course;
  const at = notBefore(course, moment.at);
  if (hold) return { ...course, pauses: [...course.pauses, { from: at, fromEvent: moment.by }] };
  return { ...course, pauses: resumed(course, at, moment.by) };
}

const resumed = ({ pauses }: Unpromised, at: string, by: string): Clock['pauses'] =>
  pauses.map((pause) => (pause.to === undefined ? { ...pause, to: at, toEvent: by } : pause));

export function complete(clock: Clock, target: CompiledTarget, moment: Moment): Clock {
  const stopped = stop(clock, target, moment);
  return { ...stopped, state: 'completed', met: stopped.workingMs <= clock.goalMs };
}

export const cancel = (clock: Clock, target: CompiledTarget, moment: Moment): Clock => ({
  ...stop(clock, target, moment),
  state: 'cancelled',
});

/** Closes an open pause first, because it moves the due time. */
function stop(clock: Clock, target: CompiledTarget, moment: Moment): Clock & { readonly workingMs: number } {
  const at = notBefore(clock, moment.at);
  const pauses = isPaused(clock) ? resumed(clock, at, moment.by) : clock.pauses;
  return {
    ...clock,
    ...(pauses === clock.pauses
      ? {}
      : { pauses, ...dueTimes({ startedAt: clock.startedAt, pauses }, clock.goalMs, target) }),
    stoppedAt: at,
    stoppedBy: moment.by,
    workingMs: worked({ startedAt: clock.startedAt, pauses }, target.calendar, instant(at)),
    wallMs: instant(at) - instant(clock.startedAt),
  };
}

/** Resumes a stopped clock in the new cycle: the time in between counts as a pause. */
export function goOn(clock: Clock, ruleSet: string, { at, by, facts }: Moment): Unpromised {
  const { target, startedAt, startedBy, stoppedAt = at, stoppedBy = by, originalDueAt } = clock;
  const to = at < stoppedAt ? stoppedAt : at;
  const pauses = [...clock.pauses, { from: stoppedAt, fromEvent: stoppedBy, to, toEvent: by }];
  return { target, cycle: facts.cycle, ruleSet, startedAt, startedBy, pauses, originalDueAt };
}
