import { expect, test } from '@jest/globals';
import type { Recorded } from '../../event-sourcing/event.js';
import { type TeamEvent, isPresent, teamDecider, type Team } from './team.js';

const context = { now: '2031-05-05T12:00:00.000Z', actor: { id: 'olga', role: 'operator' }, commandId: 'c' };
const north = {
  team: 'north',
  name: 'North',
  members: [
    { id: 'ana', role: 'agent', capacity: 20, absences: [{ from: '2031-05-12', to: '2031-05-16' }] },
    { id: 'sue', role: 'supervisor' },
  ],
  fallbackOwner: 'sue',
} as const;
const changed: TeamEvent = { type: 'TeamChanged', data: north };
const change = (said: object = {}, state: Team = { status: 'none' }) =>
  teamDecider.decide({ type: 'ChangeTeam', ...north, ...said }, state, context);

test('a team is told as a whole', () => {
  expect(change()).toEqual([changed]);
});
test('told again it adds nothing, told otherwise it changes', () => {
  const known = teamDecider.evolve({ status: 'none' }, changed as Recorded<TeamEvent>);
  expect(change({ supervisor: undefined }, known)).toEqual([]);
  expect(change({ supervisor: 'sue' }, known)).toMatchObject([{ data: { supervisor: 'sue' } }]);
});
test('what a member speaks, can do and when they work changes the team', () => {
  const known = teamDecider.evolve({ status: 'none' }, changed as Recorded<TeamEvent>);
  const [ana, sue] = north.members;
  for (const more of [{ languages: ['pt-BR'] }, { skills: ['billing'] }, { calendar: 'office' }])
    expect(change({ members: [{ ...ana, ...more }, sue] }, known)).toHaveLength(1);
  expect(change({ members: [{ ...ana, languages: [], skills: [] }, sue] }, known)).toEqual([]);
});
test.each([
  ['fallback-owner-missing', { fallbackOwner: ' ' }],
  ['member-twice', { members: [...north.members, { id: 'ana', role: 'approver' }] }],
  ['capacity-impossible', { members: [{ id: 'ana', role: 'agent', capacity: 1.5 }] }],
  [
    'absence-backwards',
    { members: [{ id: 'ana', role: 'agent', absences: [{ from: '2031-05-05', to: '2031-05-04' }] }] },
  ],
])('%s is refused', (refused, said) => {
  expect(change(said)).toMatchObject({ refused });
});
test('an absence takes in its first and its last day', () => {
  const [ana] = north.members;
  expect(['2031-05-11', '2031-05-12', '2031-05-16', '2031-05-17'].map((day) => isPresent(ana, day))).toEqual([
    true,
    false,
    false,
    true,
  ]);
});
