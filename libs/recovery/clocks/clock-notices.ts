import { never, refuse, type Context, type Decider, type Decision } from '../../event-sourcing/decider.js';
import type { Recorded } from '../../event-sourcing/event.js';
import type { ClockEvent } from './clock-events.js';

type Data<T extends ClockEvent['type']> = Extract<ClockEvent, { type: T }>['data'];

/** The notices about a case's clocks so far. A due time that moved gets notices of its own. */
export type ClockNotices = readonly Pick<
  ClockEvent['data'] & { type: ClockEvent['type'] },
  'type' | 'target' | 'cycle' | 'dueAt'
>[];

export type ClockCommand =
  ({ type: 'RecordTargetWarning' } & Data<'TargetWarned'>) | ({ type: 'RecordTargetBreach' } & Data<'TargetBreached'>);

const decide = (command: ClockCommand, notices: ClockNotices, { now }: Context): Decision<ClockEvent> => {
  switch (command.type) {
    case 'RecordTargetWarning': {
      const { type: _, ...data } = command;
      if (isRecorded(notices, 'TargetWarned', data)) return [];
      if (now >= data.dueAt)
        return refuse('warning-too-late', `The clock was due at ${data.dueAt}. Record the breach instead.`);
      return [{ type: 'TargetWarned', data }];
    }
    case 'RecordTargetBreach': {
      const { type: _, ...data } = command;
      if (isRecorded(notices, 'TargetBreached', data)) return [];
      if (now < data.dueAt)
        return refuse('not-due-yet', `The clock is due at ${data.dueAt} and can't be breached before.`);
      return [{ type: 'TargetBreached', data }];
    }
    default:
      return never(command);
  }
};

const isRecorded = (
  notices: ClockNotices,
  type: ClockEvent['type'],
  { target, cycle, dueAt }: ClockEvent['data'],
): boolean => notices.some((n) => n.type === type && n.target === target && n.cycle === cycle && n.dueAt === dueAt);

const evolve = (notices: ClockNotices, { type, data }: Recorded<ClockEvent>): ClockNotices => [
  ...notices,
  { type, target: data.target, cycle: data.cycle, dueAt: data.dueAt },
];

export const clockDecider: Decider<ClockNotices, ClockCommand, ClockEvent> = { initialState: [], evolve, decide };
