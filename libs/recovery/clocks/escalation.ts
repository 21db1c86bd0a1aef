import { fact } from '../../event-sourcing/declared-event.js';
import { refuse, type Decision } from '../../event-sourcing/decider.js';
import type { CommandOf } from '../../event-sourcing/declared-command.js';
import { instant, isoOf } from '../fast/instants.js';
import type { CompiledTarget } from '../rules/compile.js';
import { command } from '../vocabulary/command.js';
import { Text, Whole } from '../vocabulary/fields.js';
import type { PASSED_OVER } from '../vocabulary/words.js';
import { isGoing } from './clock-moves.js';
import type { ClockNotices, Notice } from './notice.js';
import { placeOf } from './clock.js';
import { EscalationPassedOver, EscalationRaised, ofClock, type ClockEvent } from './clock-events.js';
import type { ClockContext, StandingClocks } from './standing-clocks.js';

/** `dueAt`: the promise that was broken. */
export const RaiseEscalation = command('RaiseEscalation', {
  is: 'intention',
  comes: { inside: 'The timekeeper raises it, level by level.' },
  fields: { ...ofClock, level: Whole(1), timeZoneData: Text() },
  needs: ['clocks'],
});

type Broken = Pick<Notice, 'dueAt' | 'breachedFrom'>;

/** When each level of a target falls due, from the first on: so much working time past due, never before the breach. */
export const levelsDueAt = ({ escalation, calendar }: CompiledTarget, { dueAt, breachedFrom }: Broken) =>
  escalation.map(({ afterMs }): string => {
    const due = isoOf(calendar.add(instant(dueAt), afterMs));
    return breachedFrom !== undefined && due < breachedFrom ? breachedFrom : due;
  });

export function decideEscalation(
  asked: CommandOf<typeof RaiseEscalation>,
  notices: ClockNotices,
  { now, clocks }: ClockContext,
): Decision<ClockEvent> {
  const { target, cycle, reply, dueAt, level, timeZoneData } = asked;
  const ofPromise = notices.filter((notice) => notice.place === placeOf(asked) && notice.dueAt === dueAt);
  const breach = ofPromise.find(({ type }) => type === 'TargetBreached');
  if (!clocks || !breach)
    return refuse(
      'escalation-without-breach',
      `No breach of target ${target} at ${dueAt} was noticed.`,
      'Record the breach first.',
    );
  if (ofPromise.some((notice) => notice.level === level)) return [];
  const { ruleSet } = breach;
  const ruled = clocks.targetOf({ target, ruleSet });
  const rule = ruled?.escalation[level - 1];
  const escalateAt = ruled && levelsDueAt(ruled, breach)[level - 1];
  if (rule === undefined || escalateAt === undefined)
    return refuse(
      'escalation-not-in-rules',
      `Target ${target} has no level ${level} in rule set ${ruleSet}.`,
      'Name one of its levels.',
    );
  if (now < escalateAt)
    return refuse('escalation-not-due', `Level ${level} is due at ${escalateAt}.`, 'Raise it from then on.');
  const { to, by, when } = rule;
  const data = { case: asked.case, target, cycle, reply, dueAt, level, to };
  const basis = { ruleSet, timeZoneData, escalateAt, noticedAt: now };
  const gone = reasonGone(asked, clocks) ?? (when(clocks.factsAt(now)) ? undefined : 'condition');
  return gone === undefined
    ? [fact(EscalationRaised, { ...data, by, ...basis })]
    : [fact(EscalationPassedOver, { ...data, because: gone, ...basis })];
}

function reasonGone(
  asked: CommandOf<typeof RaiseEscalation>,
  { clocks }: StandingClocks,
): (typeof PASSED_OVER)[number] | undefined {
  const clock = clocks.find((one) => placeOf(one) === placeOf(asked));
  if (clock === undefined || (clock.missed?.dueAt ?? clock.dueAt) !== asked.dueAt) return 'due-time-moved';
  return isGoing(clock) ? undefined : 'clock-stopped';
}
