import { never, refuse, type Context, type Decider, type Decision } from '../../event-sourcing/decider.js';
import type { CommandOf } from '../../event-sourcing/declared-command.js';
import type { Recorded } from '../../event-sourcing/event.js';
import { command } from '../vocabulary/command.js';
import { placeOf } from './clock.js';
import { TargetBreached, TargetWarned, type ClockEvent } from './clock-events.js';

const comes = { inside: 'The timekeeper records it.' };
export const RecordTargetWarning = command('RecordTargetWarning', {
  is: 'fact',
  comes,
  fields: TargetWarned.data.properties,
});
export const RecordTargetBreach = command('RecordTargetBreach', {
  is: 'fact',
  comes,
  fields: TargetBreached.data.properties,
});

export const CLOCK_COMMANDS = [RecordTargetWarning, RecordTargetBreach] as const;
export type ClockCommand = CommandOf<(typeof CLOCK_COMMANDS)[number]>;

/** The notices of a case's clocks so far. A due time that moved is another promise, and may have another notice. */
export type ClockNotices = readonly Pick<
  ClockEvent['data'] & { type: ClockEvent['type'] },
  'type' | 'target' | 'cycle' | 'reply' | 'dueAt'
>[];

const decide = (asked: ClockCommand, notices: ClockNotices, { now }: Context): Decision<ClockEvent> => {
  switch (asked.type) {
    case 'RecordTargetWarning': {
      const { type: _, ...data } = asked;
      if (isRecorded(notices, 'TargetWarned', data)) return [];
      if (now >= data.dueAt)
        return refuse('warning-too-late', `The clock was due at ${data.dueAt}.`, 'Record the breach instead.');
      return [{ type: 'TargetWarned', data }];
    }
    case 'RecordTargetBreach': {
      const { type: _, ...data } = asked;
      if (isRecorded(notices, 'TargetBreached', data)) return [];
      if (now < data.dueAt)
        return refuse(
          'not-due-yet',
          `The clock is due at ${data.dueAt} and can't be breached before.`,
          'Record the breach from then on.',
        );
      return [{ type: 'TargetBreached', data }];
    }
    default:
      return never(asked);
  }
};

const isRecorded = (
  notices: ClockNotices,
  type: ClockEvent['type'],
  { dueAt, ...clock }: ClockEvent['data'],
): boolean => notices.some((n) => n.type === type && placeOf(n) === placeOf(clock) && n.dueAt === dueAt);

const evolve = (notices: ClockNotices, { type, data }: Recorded<ClockEvent>): ClockNotices => [
  ...notices,
  { type, target: data.target, cycle: data.cycle, reply: data.reply, dueAt: data.dueAt },
];

export const clockDecider: Decider<ClockNotices, ClockCommand, ClockEvent> = { initialState: [], evolve, decide };
