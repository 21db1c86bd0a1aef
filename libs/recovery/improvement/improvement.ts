import { never, refuse, type Context, type Decider, type Decision, through } from '../../event-sourcing/decider.js';
import type { CommandOf } from '../../event-sourcing/declared-command.js';
import { event, type EventOf } from '../../event-sourcing/declared-event.js';
import type { Recorded } from '../../event-sourcing/event.js';
import { command } from '../vocabulary/command.js';
import { CausePath, Day, Text } from '../vocabulary/fields.js';
import { REVIEWERS } from '../vocabulary/roles.js';
import type { Publication } from '../vocabulary/topics.js';

const topic = 'amends.rules' satisfies Publication;

/** On `improvement-{id}`: what is changed so that a cause stops recurring. */
export const ImprovementActionRaised = event('ImprovementActionRaised', {
  topic,
  /** `change`: what is to be changed. */
  fields: { improvement: Text(), cause: CausePath, owner: Text(), change: Text(2_000), dueOn: Day },
});
export const ImprovementActionCompleted = event('ImprovementActionCompleted', {
  topic,
  fields: { improvement: Text(), outcome: Text(2_000) },
});
export const IMPROVEMENT_EVENTS = [ImprovementActionRaised, ImprovementActionCompleted] as const;
export type ImprovementEvent = EventOf<(typeof IMPROVEMENT_EVENTS)[number]>;

export const RaiseImprovementAction = command('RaiseImprovementAction', {
  is: 'intention',
  comes: {
    path: 'improvements',
    roles: REVIEWERS,
    says: 'Say what is to be changed so that a cause stops recurring',
    example: {
      cause: ['process', 'billing', 'double-charge'],
      owner: 'emil.novak',
      change: 'Refuse a second charge of the same order',
      dueOn: '2031-05-05',
    },
  },
  fields: ImprovementActionRaised.data.properties,
});
export const CompleteImprovementAction = command('CompleteImprovementAction', {
  is: 'fact',
  comes: {
    path: 'improvements/{improvement}/completion',
    roles: REVIEWERS,
    says: 'Say what was changed',
    example: { outcome: 'Shipped; no double charge since' },
  },
  fields: ImprovementActionCompleted.data.properties,
});
export const IMPROVEMENT_COMMANDS = [RaiseImprovementAction, CompleteImprovementAction] as const;
export type ImprovementCommand = CommandOf<(typeof IMPROVEMENT_COMMANDS)[number]>;

export type Improvement = { readonly status: 'none' | 'raised' | 'completed' };

const decide = (asked: ImprovementCommand, { status }: Improvement, { now }: Context): Decision<ImprovementEvent> => {
  switch (asked.type) {
    case 'RaiseImprovementAction': {
      if (status !== 'none') return [];
      const { type: _, ...raised } = asked;
      if (raised.cause.length === 0)
        return refuse(
          'improvement-without-cause',
          'An improvement is against a cause.',
          'Name the cause that it is to stop.',
          'cause',
        );
      if (raised.dueOn < now.slice(0, 10))
        return refuse('improvement-due-in-the-past', `${raised.dueOn} is over.`, 'Name today or a later day.', 'dueOn');
      return [{ type: 'ImprovementActionRaised', data: raised }];
    }
    case 'CompleteImprovementAction': {
      const { improvement, outcome } = asked;
      if (status === 'none')
        return refuse(
          'improvement-not-found',
          'There is no such improvement action.',
          through('Check its id, or raise it.', 'RaiseImprovementAction'),
        );
      if (status === 'completed') return [];
      if (outcome.trim() === '')
        return refuse('outcome-missing', 'What is completed has an outcome.', 'Say what was changed.', 'outcome');
      return [{ type: 'ImprovementActionCompleted', data: { improvement, outcome } }];
    }
    default:
      return never(asked);
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
