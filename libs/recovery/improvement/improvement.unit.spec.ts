import { expect, test } from '@jest/globals';
import type { Recorded } from '../../event-sourcing/event.js';
import { type ImprovementEvent, improvementDecider, type ImprovementCommand } from './improvement.js';

const context = { now: '2031-05-05T12:00:00.000Z', actor: { id: 'sue', role: 'supervisor' }, commandId: 'c' };
const action = {
  improvement: 'i1',
  cause: ['process'],
  owner: 'peter',
  dueOn: '2031-05-05',
  change: 'new tape',
} as const;
const raise = { type: 'RaiseImprovementAction', ...action } as const;
const complete = { type: 'CompleteImprovementAction', improvement: 'i1', outcome: 'tape in use' } as const;
const raised: ImprovementEvent = { type: 'ImprovementActionRaised', data: action };
const completed: ImprovementEvent = {
  type: 'ImprovementActionCompleted',
  data: { improvement: 'i1', outcome: 'tape in use' },
};
const decide = (command: ImprovementCommand, ...history: ImprovementEvent[]) =>
  improvementDecider.decide(
    command,
    history.reduce(
      (s, event) => improvementDecider.evolve(s, event as Recorded<ImprovementEvent>),
      improvementDecider.initialState,
    ),
    context,
  );

test('an action is raised against a cause, and completed with its outcome', () => {
  expect(decide(raise)).toEqual([raised]);
  expect(decide(complete, raised)).toEqual([completed]);
});
test('again it adds nothing', () => {
  expect(decide(raise, raised)).toEqual([]);
  expect(decide(complete, raised, completed)).toEqual([]);
});
test('without cause, time, action or outcome it is refused', () => {
  expect(decide({ ...raise, cause: [] })).toMatchObject({ refused: 'improvement-without-cause' });
  expect(decide({ ...raise, dueOn: '2031-05-04' })).toMatchObject({ refused: 'improvement-due-in-the-past' });
  expect(decide(complete)).toMatchObject({ refused: 'improvement-not-found' });
  expect(decide({ ...complete, outcome: ' ' }, raised)).toMatchObject({ refused: 'outcome-missing' });
  expect(() => decide(raise, completed)).toThrow('completed before it was raised');
});
