import { never, refuse, type Context, type Decider, type Decision } from '../../event-sourcing/decider.js';
import type { Recorded } from '../../event-sourcing/event.js';
import type { ClockEvent } from './clock-events.js';

type Data<T extends ClockEvent['type']> = Extract<ClockEvent, { type: T }>['data'];

/** What the timekeeper said about a case's clocks. A due time that moved is another promise, and may be told anew. */
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
      if (told(notices, 'TargetWarned', data)) return [];
      if (now >= data.dueAt)
        return refuse('warning-too-late', `It was due at ${data.dueAt}: what is left to record is the breach.`);
      return [{ type: 'TargetWarned', data }];
    }
    case 'RecordTargetBreach': {
      const { type: _, ...data } = command;
      if (told(notices, 'TargetBreached', data)) return [];
      if (now < data.dueAt) return refuse('not-due-yet', `It is due at ${data.dueAt}: until then nothing is breached.`);
      return [{ type: 'TargetBreached', data }];
    }
    default:
      return never(command);
  }
};

const told = (notices: ClockNotices, type: ClockEvent['type'], { target, cycle, dueAt }: ClockEvent['data']): boolean =>
  notices.some((n) => n.type === type && n.target === target && n.cycle === cycle && n.dueAt === dueAt);

const evolve = (notices: ClockNotices, { type, data }: Recorded<ClockEvent>): ClockNotices => [
  ...notices,
  { type, target: data.target, cycle: data.cycle, dueAt: data.dueAt },
];

export const clockDecider: Decider<ClockNotices, ClockCommand, ClockEvent> = { initialState: [], evolve, decide };
