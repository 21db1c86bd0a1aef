import { fact } from '../../event-sourcing/declared-event.js';
import { never, refuse, type Decider, type Decision, type Refusal } from '../../event-sourcing/decider.js';
import type { CommandOf } from '../../event-sourcing/declared-command.js';
import type { Recorded } from '../../event-sourcing/event.js';
import { decideOwnersDue, RecordProgressDue, RecordRetryDue } from '../contact/told-to-owner.js';
import { command } from '../vocabulary/command.js';
import { Text } from '../vocabulary/fields.js';
import { isGoing } from './clock-moves.js';
import { isOverdue, remaining } from './clock-times.js';
import { placeOf, type Clock } from './clock.js';
import { noticeOf, type ClockNotices } from './notice.js';
import { decideEscalation, RaiseEscalation } from './escalation.js';
import { ofClock, TargetBreached, TargetWarned, type ClockEvent } from './clock-events.js';
import type { ClockContext, StandingClocks } from './standing-clocks.js';

const comes = { inside: 'The timekeeper records it.' };
/** `dueAt`: the promise as whoever asks knows it. If the clock makes another one now, nothing is recorded. */
const fields = { ...ofClock, timeZoneData: Text() };
export const RecordTargetWarning = command('RecordTargetWarning', { is: 'fact', comes, fields, needs: ['clocks'] });
export const RecordTargetBreach = command('RecordTargetBreach', { is: 'fact', comes, fields, needs: ['clocks'] });

export const CLOCK_COMMANDS = [
  RecordTargetWarning,
  RecordTargetBreach,
  RaiseEscalation,
  RecordRetryDue,
  RecordProgressDue,
] as const;
export type ClockCommand = CommandOf<(typeof CLOCK_COMMANDS)[number]>;

function decide(asked: ClockCommand, notices: ClockNotices, context: ClockContext): Decision<ClockEvent> {
  if (asked.type === 'RecordRetryDue' || asked.type === 'RecordProgressDue')
    return decideOwnersDue(asked, notices, context);
  if (asked.type === 'RaiseEscalation') return decideEscalation(asked, notices, context);
  const { now, clocks } = context;
  const ofSame = notices.filter(({ place }) => place === placeOf(asked));
  const found = clocks?.clocks.find((clock) => placeOf(clock) === placeOf(asked));
  if (!clocks || !found)
    return refuse(
      'clock-not-there',
      `The case has no clock of target ${asked.target} in cycle ${asked.cycle}.`,
      'Read its clocks again.',
    );
  const { target, cycle, reply, ruleSet } = found;
  const { timeZoneData } = asked;
  const notice = { case: asked.case, target, cycle, reply, ruleSet, timeZoneData, noticedAt: now };
  switch (asked.type) {
    case 'RecordTargetWarning': {
      const { dueAt, warnAt } = found;
      if (ofSame.some((one) => one.type === 'TargetWarned' && one.dueAt === asked.dueAt)) return [];
      const standing = unlessMoved(asked, dueAt) ?? unlessToWarn(found, now);
      if (standing) return standing;
      const calendar = clocks.targetOf(found)?.calendar;
      const remainingMs = calendar === undefined ? 0 : Math.max(0, remaining(found, calendar, now));
      return [fact(TargetWarned, { ...notice, dueAt: asked.dueAt, remainingMs, warnAt })];
    }
    case 'RecordTargetBreach': {
      const { dueAt, breachedFrom } = found.missed ?? found;
      // A clock whose broken promise turns out to be an older one was noticed as broken already.
      if (ofSame.some((one) => one.type === 'TargetBreached' && one.dueAt >= asked.dueAt)) return [];
      const standing = unlessMoved(asked, dueAt) ?? unlessBroken(found, now) ?? unlessToldBefore(clocks, breachedFrom);
      if (standing) return standing;
      return [fact(TargetBreached, { ...notice, dueAt: asked.dueAt, breachedFrom })];
    }
    default:
      return never(asked);
  }
}

const unlessMoved = (asked: Pick<ClockCommand, 'dueAt'>, dueAt: string | undefined): Refusal | undefined =>
  dueAt === asked.dueAt
    ? undefined
    : refuse(
        'due-time-moved',
        `The clock is due at ${dueAt ?? 'a time that its pause leaves open'}, no longer at ${asked.dueAt}.`,
        'Look again when it falls due.',
      );

function unlessToWarn(clock: Clock, now: string): Refusal | undefined {
  const { dueAt, warnAt, missed } = clock;
  if (!isGoing(clock))
    return refuse('clock-stopped', `The clock stopped at ${clock.stoppedAt}.`, 'It needs no warning any more.');
  if (warnAt === undefined || now < warnAt)
    return refuse('warning-not-due', `The warning is due at ${warnAt ?? 'no time'}.`, 'Record it from then on.');
  const broken = missed?.dueAt ?? dueAt;
  if (broken !== undefined && now >= broken)
    return refuse('warning-too-late', `The clock was due at ${broken}.`, 'Record the breach instead.');
  return undefined;
}

function unlessBroken(clock: Clock, now: string): Refusal | undefined {
  if (clock.missed !== undefined || clock.met === false || isOverdue(clock, now)) return undefined;
  if (!isGoing(clock))
    return refuse('clock-kept', `The clock stopped at ${clock.stoppedAt} in time.`, 'There is no breach to record.');
  return refuse(
    'not-due-yet',
    `The clock is breached after ${clock.breachedFrom ?? 'its pause'}, not before.`,
    'Record the breach from then on.',
  );
}

/** What a source's file tells of the past, nobody could be told in time. */
const unlessToldBefore = ({ importedAt }: StandingClocks, breachedFrom = ''): Refusal | undefined =>
  importedAt !== undefined && breachedFrom <= importedAt
    ? refuse(
        'due-before-import',
        `The clock fell due at ${breachedFrom}, before a source told of the case at ${importedAt}.`,
        'Its verdict shows in the clocks: there is nothing to notice.',
      )
    : undefined;

const evolve = (notices: ClockNotices, event: Recorded<ClockEvent>): ClockNotices => [...notices, noticeOf(event)];

export const clockDecider: Decider<ClockNotices, ClockCommand, ClockEvent, ClockContext> = {
  initialState: [],
  evolve,
  decide,
};
