import { never, refuse, type Context, type Decider, type Decision } from '../../event-sourcing/decider.js';
import type { Recorded } from '../../event-sourcing/event.js';
import type { ImprovementEvent } from './improvement-events.js';

type Raised = Extract<ImprovementEvent, { type: 'ImprovementActionRaised' }>['data'];

export type Improvement = { readonly status: 'none' | 'raised' | 'completed' };
export type ImprovementCommand =
  | ({ type: 'RaiseImprovementAction' } & Raised)
  | { type: 'CompleteImprovementAction'; improvement: string; outcome: string };

const decide = (command: ImprovementCommand, { status }: Improvement, { now }: Context): Decision<ImprovementEvent> => {
  switch (command.type) {
    case 'RaiseImprovementAction': {
      if (status !== 'none') return [];
      const { type: _, ...raised } = command;
      if (raised.cause.length === 0)
        return refuse('improvement-without-cause', 'Name the cause that this is to stop.', 'cause');
      if (raised.dueOn < now.slice(0, 10))
        return refuse('improvement-due-in-the-past', `${raised.dueOn} is over. Name today or a later day.`, 'dueOn');
      return [{ type: 'ImprovementActionRaised', data: raised }];
    }
    case 'CompleteImprovementAction': {
      const { improvement, outcome } = command;
      if (status === 'none')
        return refuse('improvement-not-found', 'There is no such improvement action. Check its id, or raise it.');
      if (status === 'completed') return [];
      if (outcome.trim() === '') return refuse('outcome-missing', 'Say what was changed.', 'outcome');
      return [{ type: 'ImprovementActionCompleted', data: { improvement, outcome } }];
    }
    default:
      return never(command);
  }
};

const evolve = ({ status }: Improvement, event: Recorded<ImprovementEvent>): Improvement => {
  switch (event.type) {
    case 'ImprovementActionRaised':
      return { status: 'raised' };
    case 'ImprovementActionCompleted':
      if (status === 'none') throw new Error(`Broken history: ${event.stream} was completed before it was raised.`);
      return { status: 'completed' };
    default:
      return never(event);
  }
};

export const improvementDecider: Decider<Improvement, ImprovementCommand, ImprovementEvent> = {
  initialState: { status: 'none' },
  evolve,
  decide,
};
