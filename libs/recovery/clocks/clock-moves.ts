import type { CaseFacts } from '../case/case-facts.js';
import { instant, isoOf } from '../fast/instants.js';
import type { CompiledTarget } from '../rules/compile.js';
import type { Clock, Goal, Pause } from './clock.js';
import { dueTimes, isOverdue, isPaused, notBefore, worked, workingTimeOf, type Course } from './clock-times.js';

/** A started target without a goal that fits. It promises nothing, but a goal that fits later counts from its start. */
export type Unpromised = Pick<
  Clock,
  | 'target'
  | 'cycle'
  | 'reply'
  | 'ruleSet'
  | 'startedAt'
  | 'startedBy'
  | 'pauses'
  | 'returnedAt'
  | 'returnedBy'
  | 'missed'
> &
  Partial<Pick<Clock, 'originalDueAt'>>;

/** An instant, the event (or rule set) that caused it, and the facts from then on. */
export interface Moment {
  readonly at: string;
  readonly by: string;
  readonly facts: CaseFacts;
  /** The number of the reply that is due, or was last. */
  readonly reply: number;
  /** A source's file reports it. */
  readonly imported?: boolean | undefined;
  /** When the pause of the case ends by itself. */
  readonly pausedUntil?: string | undefined;
}

/** What the target promises to a course with these facts. */
export function goalOf(target: CompiledTarget, facts: CaseFacts, course: Course): Goal | undefined {
  const goal = target.goals.find(({ when }) => when(facts));
  return goal && { goalMs: workingTimeOf(goal.within, target.calendar, course), within: goal.written };
}

export const isGoing = (clock: Clock): boolean => clock.state === 'running' || clock.state === 'paused';

export function attach(target: CompiledTarget, ruleSet: string, moment: Moment): Unpromised {
  const { at, by, facts, reply } = moment;
  const pauses = target.pause(facts) ? [pauseFrom(at, moment)] : [];
  const course = { target: target.id, cycle: facts.cycle, ruleSet, startedAt: at, startedBy: by, pauses };
  return target.each === undefined ? course : { ...course, reply };
}

/** A source may tell of a pause that was over when it began: it holds nothing. */
const pauseFrom = (from: string, { by, pausedUntil }: Moment): Pause =>
  pausedUntil === undefined
    ? { from, fromEvent: by }
    : { from, fromEvent: by, until: pausedUntil < from ? from : pausedUntil };

/** Takes the promise from a clock that no goal fits any more. */
export const unpromise = (course: Unpromised): Unpromised => {
  const { target, cycle, reply, ruleSet, startedAt, startedBy, pauses, originalDueAt } = course;
  const known = { ...(reply !== undefined && { reply }), ...(originalDueAt !== undefined && { originalDueAt }) };
  return { target, cycle, ruleSet, startedAt, startedBy, pauses, ...known, ...whatWas(course) };
};

/** What a course keeps of its past. */
const whatWas = ({ returnedAt, returnedBy, missed }: Unpromised): Partial<Clock> => ({
  ...(returnedAt !== undefined && returnedBy !== undefined && { returnedAt, returnedBy }),
  ...(missed && { missed }),
});

/** Makes a clock of a course that has a goal now. */
export function promise(course: Unpromised, { goalMs, within }: Goal, target: CompiledTarget): Clock {
  const { target: id, cycle, reply, ruleSet, startedAt, startedBy, pauses, missed, returnedAt, returnedBy } = course;
  const due = dueTimes(course, goalMs, target);
  // Most have none of what may be added: to merge it would take longer than the rest.
  const clock: Writable<Clock> = {
    target: id,
    cycle,
    state: isPaused(course) ? 'paused' : 'running',
    ruleSet,
    goalMs,
    within,
    startedAt,
    startedBy,
    pauses,
    // A clock that begins paused has a first promise too, as if it ran.
    originalDueAt: course.originalDueAt ?? due.dueAt ?? isoOf(target.calendar.add(instant(startedAt), goalMs)),
  };
  if (due.dueAt !== undefined) clock.dueAt = due.dueAt;
  if (due.breachedFrom !== undefined) clock.breachedFrom = due.breachedFrom;
  if (due.warnAt !== undefined) clock.warnAt = due.warnAt;
  if (reply !== undefined) clock.reply = reply;
  if (returnedAt !== undefined && returnedBy !== undefined) Object.assign(clock, { returnedAt, returnedBy });
  if (missed) Object.assign(clock, { breachedFrom: missed.breachedFrom, missed });
  return clock;
}

type Writable<T> = { -readonly [Field in keyof T]: T[Field] };

/** The clock with its promise noted as broken, if it is past due. For whatever changes the promise. */
export function notingMissed(clock: Clock, at: string): Clock {
  const { dueAt, breachedFrom, goalMs, within, missed } = clock;
  if (missed || dueAt === undefined || breachedFrom === undefined || !isOverdue(clock, at)) return clock;
  return { ...clock, missed: { dueAt, breachedFrom, goalMs, within } };
}

/** Pauses or resumes by the target's pause condition; the same object if nothing changes. */
export function holdOrResume<C extends Unpromised>(course: C, target: CompiledTarget, moment: Moment): C {
  const hold = target.pause(moment.facts);
  if (hold === isPaused(course)) return course;
  const at = notBefore(course, moment.at);
  if (hold) return { ...course, pauses: [...course.pauses, pauseFrom(at, moment)] };
  return { ...course, pauses: resumed(course, at, moment.by) };
}

/** A pause with an end has ended then, whoever resumed it later. */
const resumed = ({ pauses }: Unpromised, at: string, by: string): Clock['pauses'] =>
  pauses.map(({ from, fromEvent, to, toEvent = by, until }) => {
    if (to !== undefined) return { from, fromEvent, to, toEvent };
    return until !== undefined && until < at
      ? { from, fromEvent, to: until, toEvent: fromEvent }
      : { from, fromEvent, to: at, toEvent };
  });

export const complete = (clock: Clock, target: CompiledTarget, moment: Moment): Clock =>
  stop(clock, 'completed', target, moment);

export const cancel = (clock: Clock, target: CompiledTarget, moment: Moment): Clock =>
  stop(clock, 'cancelled', target, moment);

function stop(clock: Clock, state: 'completed' | 'cancelled', target: CompiledTarget, moment: Moment): Clock {
  const at = notBefore(clock, moment.at);
  const going = isPaused(clock) ? withPauseClosed(clock, at, target, moment) : clock;
  const workingMs = worked(going, target.calendar, instant(at));
  const wallMs = instant(at) - instant(going.startedAt);
  const stopped: Writable<Clock> = { ...going, state, stoppedAt: at, stoppedBy: moment.by, workingMs, wallMs };
  const isBroken = going.missed !== undefined || workingMs > going.goalMs;
  // What was past due when it was cancelled is missed too.
  if (state === 'completed' || isBroken) stopped.met = !isBroken;
  return stopped;
}

/** Closing an open pause moves the due time. */
function withPauseClosed(clock: Clock, at: string, target: CompiledTarget, { by }: Moment): Clock {
  const { startedAt, goalMs, missed } = clock;
  const pauses = resumed(clock, at, by);
  return {
    ...clock,
    pauses,
    ...dueTimes({ startedAt, pauses }, goalMs, target),
    ...(missed && { breachedFrom: missed.breachedFrom }),
  };
}

/** Resumes a stopped clock, in its cycle or the next: the time in between counts as a pause. */
export function goOn(clock: Clock, ruleSet: string, { at, by, facts }: Moment): Unpromised {
  const { target, startedAt, startedBy, stoppedAt = at, stoppedBy = by, originalDueAt } = clock;
  const to = at < stoppedAt ? stoppedAt : at;
  const pauses = [...clock.pauses, { from: stoppedAt, fromEvent: stoppedBy, to, toEvent: by }];
  const { cycle } = facts;
  return { target, cycle, ruleSet, startedAt, startedBy, pauses, originalDueAt, ...whatWas(clock) };
}

/** A stopped clock goes on in its cycle, as its target says. */
export function goOnAfterReturn(clock: Clock, target: CompiledTarget, moment: Moment): Clock {
  const returned = { returnedAt: moment.at, returnedBy: moment.by };
  const course: Unpromised = target.onReturn === 'continue' ? unpromise(clock) : goOn(clock, clock.ruleSet, moment);
  return promise(holdOrResume({ ...course, ...returned }, target, moment), clock, target);
}
